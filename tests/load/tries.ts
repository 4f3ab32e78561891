import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Counters of Serializable transactions, from /api/metrics. */
export type TransactionCounts = {
  done: number;
  tries: number;
  atFirst: number;
  giveUps: number;
};

/** Reads the counters of a running app. */
export async function transactionCounts(url: string): Promise<TransactionCounts> {
  const text = await (await fetch(`${url}/api/metrics`)).text();
  const value = (name: string) => {
    const line = text.split("\n").find((text) => text.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  };
  return {
    done: value("amrutam_transaction_tries_count"),
    tries: value("amrutam_transaction_tries_sum"),
    atFirst: value('amrutam_transaction_tries_bucket{le="1"}'),
    giveUps: value("amrutam_transaction_give_ups_total"),
  };
}

/** Describes the difference between two readings. */
export function retries(before: TransactionCounts, after: TransactionCounts): string {
  const done = after.done - before.done;
  const retried = done - (after.atFirst - before.atFirst);
  const tries = after.tries - before.tries;
  return (
    `Serializable transactions while booking: ${done} committed in ${tries} tries ` +
    `(${(tries / Math.max(1, done)).toFixed(3)} each; ${retried} needed more than one), ` +
    `${after.giveUps - before.giveUps} gave up`
  );
}

/** Waits until the embedded engine has no work that is due, at most `patience` seconds. */
export async function jobsAreDone(url: string, patience: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let waited = 0; waited < patience; waited += 0.25) {
    const { rows } = await client.query(`
      SELECT FROM outbox UNION ALL SELECT FROM job_events WHERE delivered_at IS NULL UNION ALL
      SELECT FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at <= app_now()
      LIMIT 1`);
    if (rows.length === 0) break;
    await sleep(250);
  }
  await client.end();
}
