import pg from "pg";
import { ALWAYS, DRAINED } from "./invariant-list";

export type Finding = { id: string; says: string; violations: number; sample: string | null };

/**
 * Asks a database for every violation of every invariant, each check in its own statement.
 * @param options.drained also what holds once every job has run.
 */
export async function checkInvariants(
  url: string,
  options: { drained?: boolean } = {},
): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // One snapshot for all, or a booking between two checks would look like a contradiction.
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const findings: Finding[] = [];
    for (const { id, says, sql } of options.drained ? [...ALWAYS, ...DRAINED] : ALWAYS) {
      const { rows } = await client.query<{ n: string; sample: string | null }>(
        `SELECT count(*) AS n, (array_agg(v.culprit))[1]::text AS sample FROM (${sql}) AS v(culprit)`,
      );
      findings.push({ id, says, violations: Number(rows[0]?.n), sample: rows[0]?.sample ?? null });
    }
    await client.query("COMMIT");
    return findings;
  } finally {
    await client.end();
  }
}

/** One line a check; what is violated comes with its first culprit. */
export function report(findings: Finding[]): string {
  return findings
    .map(({ id, says, violations, sample }) =>
      violations === 0
        ? `  ok   0  ${id}  ${says}`
        : `FAIL   ${violations}  ${id}  ${says}: ${sample}`,
    )
    .join("\n");
}
