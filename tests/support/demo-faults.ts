import type pg from "pg";
import { asOwner } from "./demo-database";

/** Makes the job fail that mails a link to this address: the database refuses each link. */
export async function failLastTry(email: string, request: () => Promise<void>): Promise<void> {
  await asOwner(async (owner) => {
    await owner.query(`
      CREATE FUNCTION test_refuse_links() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.user_id = (SELECT id FROM users WHERE email = ${owner.escapeLiteral(email)}) THEN
          RAISE EXCEPTION 'the test refuses links';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER test_refuse_links BEFORE INSERT ON one_time_tokens
        FOR EACH ROW EXECUTE FUNCTION test_refuse_links()`);
    try {
      await request();
      await untilFailed(owner, email);
    } finally {
      await owner.query("DROP FUNCTION test_refuse_links CASCADE");
    }
  });
}

/** Waits until the job has failed. After its first failure, makes the last try due at once. */
async function untilFailed(owner: pg.Client, email: string): Promise<void> {
  const theirs = `function_id = 'amrutam-mail-account' AND event->'data'->>'messageId' IN (
    SELECT n.id::text FROM notifications n JOIN users u ON u.id = n.user_id
     WHERE u.email = $1 AND n.kind = 'reset_password')`;
  for (let looks = 0; looks < 200; looks++) {
    const failed = `SELECT 1 FROM job_runs WHERE ${theirs} AND status = 'FAILED'`;
    if ((await owner.query(failed, [email])).rowCount === 1) return;
    await owner.query(
      `UPDATE job_runs SET attempt = 8, due_at = now()
        WHERE ${theirs} AND status = 'QUEUED' AND attempt BETWEEN 1 AND 7`,
      [email],
    );
    await owner.query("SELECT pg_sleep(0.1)");
  }
  throw new Error("the run did not fail");
}

type Entry = { id: string; chain: number; sequence: number };

/** Changes an audit entry without its triggers, as a superuser can, and restores it afterwards. */
export async function withForgedEntry(look: (entry: Entry) => Promise<void>): Promise<void> {
  await asOwner(async (owner) => {
    const { rows } = await owner.query<Entry & { request_id: string | null }>(
      `SELECT id, chain, sequence::int AS sequence, request_id FROM audit_logs
        WHERE action = 'session.started' ORDER BY at LIMIT 1`,
    );
    const [entry] = rows;
    if (!entry) throw new Error("nobody has signed in yet");
    const write = async (requestId: string | null) => {
      await owner.query("BEGIN; SET LOCAL session_replication_role = replica");
      const update = "UPDATE audit_logs SET request_id = $2 WHERE id = $1";
      const { rowCount } = await owner.query(update, [entry.id, requestId]);
      await owner.query("COMMIT");
      if (rowCount !== 1) throw new Error("nothing was changed");
    };
    await write("forged");
    try {
      await look(entry);
    } finally {
      await write(entry.request_id);
    }
  });
}
