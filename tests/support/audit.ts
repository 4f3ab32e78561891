import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "@/server/audit/commands";
import { system } from "@/server/audit/schema";
import { asText, sql, withConnection } from "./database";

export type Entry = { id: string; chain: number; sequence: number; at: Date };

/** Builds a statement that appends an entry about a job. */
export const appendEntry = (jobId = "one", requestId: string | null = null): string => {
  const entity = { entityType: "job", entityId: Prisma.sql`${jobId}` } as const;
  return asText(
    Prisma.sql`SELECT ${auditSql(system(requestId), { action: "job.retried", ...entity })}`,
  );
};

/** Writes `first` entries to one chain, runs `between`, and writes `more` entries. */
export async function writeChain(
  first: number,
  between: () => Promise<void> = async () => {},
  more = 0,
): Promise<Entry[]> {
  return withConnection(async (client) => {
    for (let n = 0; n < first + more; n++) {
      if (n === first) await between();
      await client.query(appendEntry(`job-${n}`));
    }
    const { rows } = await client.query<Entry>(
      `SELECT id, chain, sequence::int AS sequence, at FROM audit_logs
        WHERE chain = current_setting('amrutam.audit_chain')::smallint ORDER BY sequence`,
    );
    return rows;
  });
}

/** Runs statements without triggers, as a superuser can, then `look`, and restores the tables. */
export async function tampered<T>(
  statements: string[],
  values: unknown[],
  look: () => Promise<T>,
): Promise<T> {
  const tables = ["audit_logs", "audit_heads", "audit_checkpoints"];
  const unguarded = (work: string[], parameters: unknown[] = []) =>
    withConnection(async (client) => {
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      for (const text of work) {
        const used = parameters.slice(
          0,
          Math.max(0, ...(text.match(/\$\d/g) ?? []).map((p) => Number(p.slice(1)))),
        );
        await client.query(text, used);
      }
      await client.query("COMMIT");
    });
  await sql(
    tables.map((table) => `CREATE TABLE kept_${table} AS SELECT * FROM ${table}`).join(";"),
  );
  try {
    await unguarded(statements, values);
    return await look();
  } finally {
    await unguarded(
      tables.flatMap((table) => [
        `DELETE FROM ${table}`,
        `INSERT INTO ${table} SELECT * FROM kept_${table}`,
        `DROP TABLE kept_${table}`,
      ]),
    );
  }
}
