import pg from "pg";
import { INVARIANTS } from "./list";

/** The result of one invariant; `sample` identifies the first row that violates it. */
export type Finding = { id: string; title: string; violations: number; sample: string | null };

/**
 * Counts the violations of every invariant in a database.
 * @param options.drained also checks what holds only after every job has run.
 */
export async function checkInvariants(
  url: string,
  { drained = false }: { drained?: boolean } = {},
): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // All queries read one snapshot. A booking between two queries would look like a violation.
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const findings: Finding[] = [];
    for (const { id, title, sql, onlyDrained } of INVARIANTS) {
      if (onlyDrained && !drained) continue;
      const { rows } = await client.query<{ n: string; sample: string | null }>(
        `SELECT count(*) AS n, (array_agg(v.id))[1]::text AS sample FROM (${sql}) AS v(id)`,
      );
      findings.push({ id, title, violations: Number(rows[0]?.n), sample: rows[0]?.sample ?? null });
    }
    await client.query("COMMIT");
    return findings;
  } finally {
    await client.end();
  }
}

/** Prints one line for each invariant, with a sample if it is violated. */
export function report(findings: Finding[]): string {
  return findings
    .map(({ id, title, violations, sample }) =>
      violations === 0
        ? `  ok   0  ${id}  ${title}`
        : `FAIL   ${violations}  ${id}  ${title}: ${sample}`,
    )
    .join("\n");
}
