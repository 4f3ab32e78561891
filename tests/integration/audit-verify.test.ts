import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "vitest";
import { writeCheckpoint } from "@/server/audit/commands";
import { clock } from "@/server/platform/clock";
import { appendEntry, type Entry, tampered, writeChain } from "../support/audit";
import { sql } from "../support/database";
import { makeAdmin, type Person } from "../support/factories";
import { useHost } from "../support/http";

/** Runs `npm run audit:verify` on the test's database. */
async function runScript(): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/cli/audit-verify.ts"], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, out, err };
}

/** Recomputes the hashes of a chain from one entry on, and its head, as an attacker with the algorithm would. */
const FORGE = `DO $do$
  DECLARE l audit_logs; before bytea := NULL; first bigint := %FROM%;
  BEGIN
    SELECT hash INTO before FROM audit_logs WHERE chain = %CHAIN% AND sequence = first - 1;
    FOR l IN SELECT * FROM audit_logs WHERE chain = %CHAIN% AND sequence >= first ORDER BY sequence LOOP
      l.prev_hash := coalesce(before, l.prev_hash);
      l.hash := audit_hash(l);
      before := l.hash;
      UPDATE audit_logs SET prev_hash = l.prev_hash, hash = l.hash WHERE id = l.id;
    END LOOP;
    UPDATE audit_heads SET hash = before WHERE chain = %CHAIN%;
  END $do$`;
const forge = ({ chain, sequence }: Entry) =>
  FORGE.replaceAll("%CHAIN%", String(chain)).replaceAll("%FROM%", String(sequence));

describe("verifying the audit log", { timeout: 120_000 }, () => {
  const api = useHost("node server");
  let admin: Person;
  let entries: Entry[];
  let second: Entry;
  let third: Entry;
  let fourth: Entry;
  let last: Entry;

  beforeAll(async () => {
    admin = await makeAdmin();
    entries = await writeChain(6, () => writeCheckpoint("a test"), 2);
    const [, b, c, d] = entries;
    const z = entries.at(-1);
    if (!b || !c || !d || !z) throw new Error("too few entries");
    [second, third, fourth, last] = [b, c, d, z];
  });

  const verify = async () => {
    const { status, body } = await api.post("/admin/audit/verify", {}, admin, { key: null });
    expect(status).toBe(200);
    return body as { ok: boolean; entries: number; firstBroken: object | null };
  };
  const named = ({ chain, sequence, id }: Entry) => ({ chain, sequence, id });
  const firstBroken = async (statements: string[], values: unknown[] = []) =>
    (await tampered(statements, values, verify)).firstBroken;

  test("reports no change in an untouched log, over REST and from the script", async () => {
    const found = await verify();
    expect(found).toMatchObject({ ok: true, firstBroken: null });
    expect(found.entries).toBeGreaterThan(6);
    const { code, out } = await runScript();
    expect({ code, out: out.trim() }).toEqual({
      code: 0,
      // The verification over REST then appends an entry of its own.
      out: `${found.entries + 1} entries, every chain is intact`,
    });
  });

  test.each([
    "actor_id = '00000000-0000-7000-8000-000000000000'",
    "actor_role = 'admin'",
    "action = 'user.suspended'",
    "entity_type = 'user'",
    "entity_id = 'another'",
    "request_id = 'another'",
    `detail = '{"n": 2}'`,
    "at = at - interval '1 microsecond'",
    "at = at - interval '2 hours'",
    "chain = (chain + 1) % 64",
    "id = '00000000-0000-7000-8000-000000000000'",
    "prev_hash = sha256('')",
    "hash = sha256('')",
  ])("reports an entry that was edited: %s", async (change) => {
    const broken = await firstBroken([`UPDATE audit_logs SET ${change} WHERE id = $1`], [third.id]);
    // An entry that moved is missing in its own chain and wrong in the other chain. Either error may come first.
    if (change.startsWith("chain")) {
      expect([third.chain, (third.chain + 1) % 64]).toContain((broken as Entry).chain);
    } else if (change.startsWith("id")) {
      expect(broken).toMatchObject({ chain: third.chain, sequence: third.sequence });
    } else {
      expect(broken).toEqual(named(third));
    }
  });

  test("reports the entry after a deleted entry, over REST and from the script", async () => {
    const statements = ["DELETE FROM audit_logs WHERE id = $1"];
    expect(await firstBroken(statements, [third.id])).toEqual(named(fourth));
    const { code, err } = await tampered(statements, [third.id], runScript);
    expect(code).toBe(1);
    expect(err).toContain(fourth.id);
  });

  test("reports the first of two entries that were swapped", async () => {
    const swap = `UPDATE audit_logs SET sequence = $3 - sequence WHERE id IN ($1, $2)`;
    const broken = await firstBroken(
      [swap],
      [second.id, third.id, second.sequence + third.sequence],
    );
    expect(broken).toEqual({ ...named(third), sequence: second.sequence });
  });

  // An entry is back-dated if it is older than an earlier checkpoint, or older than the entry before it in the chain.
  // Each of the two checks is tested without the other.
  test.each([
    ["to before a checkpoint", []],
    ["to before the previous entry", ["DELETE FROM audit_checkpoints"]],
  ])(
    "reports an entry that is back-dated %s, although every hash is right",
    async (_where, first) => {
      const append = appendEntry("back-dated");
      const back = `SELECT set_config('amrutam.clock_offset', '-2 hours', true)`;
      const { firstBroken: broken } = await tampered([...first, append, back, append], [], verify);
      const { id } = (broken ?? {}) as { id?: string };
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(entries.map((entry) => entry.id)).not.toContain(id);
    },
  );

  test("reports an entry that is older than an earlier checkpoint, although the entries are in order", async () => {
    const found = await tampered([], [], async () => {
      clock.setOffset(2 * 3_600_000);
      await writeCheckpoint("two hours later").finally(() => clock.setOffset(0));
      const late = (await writeChain(1)).at(-1);
      return { late, firstBroken: (await verify()).firstBroken };
    });
    expect(found.firstBroken).toEqual(found.late && named(found.late));
  });

  test("reports a chain whose last entry was deleted", async () => {
    const cut = "DELETE FROM audit_logs WHERE id = $1";
    const gap = { chain: last.chain, sequence: last.sequence, id: entries.at(-2)?.id };
    expect(await firstBroken([cut], [last.id])).toEqual(gap);
  });

  test("reports an entry after the chain head, and a chain head that was changed", async () => {
    const head = `UPDATE audit_heads SET sequence = sequence - 1,
                         hash = (SELECT hash FROM audit_logs WHERE chain = $1 AND sequence = $2::int - 1)
                   WHERE chain = $1`;
    expect(await firstBroken([head], [last.chain, last.sequence])).toEqual(named(last));
    const hash = "UPDATE audit_heads SET hash = sha256('') WHERE chain = $1";
    expect(await firstBroken([hash], [last.chain])).toEqual(named(last));
  });

  test("reports a chain with recomputed hashes and head, because the signed checkpoint differs", async () => {
    const edit = "UPDATE audit_logs SET entity_id = 'another' WHERE id = $1";
    const signed = entries[5];
    expect(await firstBroken([edit, forge(third)], [third.id])).toEqual(signed && named(signed));
  });

  test.each([
    ["reset", "UPDATE audit_heads SET sequence = 0, hash = sha256('') WHERE chain = $1"],
    ["deleted", "DELETE FROM audit_heads WHERE chain = $1"],
  ])("reports a chain whose entries were all deleted, with its head %s", async (_how, head) => {
    const broken = await firstBroken(
      ["DELETE FROM audit_logs WHERE chain = $1", head],
      [last.chain],
    );
    expect(broken).toEqual({ chain: last.chain, sequence: 1, id: "" });
  });

  test.each([
    ["its signature", "signature = set_byte(signature, 3, (get_byte(signature, 3) + 1) % 256)"],
    ["its chain heads", "heads = jsonb_set(heads, '{0,1}', '\"999\"')"],
    ["its time", "at = at - interval '1 hour'"],
  ])("reports a checkpoint if somebody changed %s", async (_what, change) => {
    const broken = await firstBroken([`UPDATE audit_checkpoints SET ${change}`]);
    expect(broken).toEqual({
      chain: -1,
      sequence: 0,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("checks every checkpoint, however many there are", async () => {
    const { found, forged } = await tampered([], [], async () => {
      for (let n = 0; n < 55; n++) await writeCheckpoint(`one of many ${n}`);
      const [row] = await sql<{ id: string }>(
        `INSERT INTO audit_checkpoints (at, heads, signature)
         VALUES (now() + interval '1 hour', '[]', '\\x00') RETURNING id`,
      );
      return { forged: row?.id, found: await verify() };
    });
    expect(found.firstBroken).toEqual({ chain: -1, sequence: 0, id: forged });
  });
});
