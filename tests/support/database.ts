import pg from "pg";
import { afterAll } from "vitest";
import { env } from "@/env";
import type { Prisma } from "@/generated/prisma/client";

/** The owner's URL of the test's database. The app's login owns nothing. */
export const OWNER_URL = env.MIGRATION_DATABASE_URL ?? "";

/** The URL of the app's login, without a pooler even if the tests run through one. */
export const DIRECT_URL = Object.assign(new URL(env.DATABASE_URL), {
  port: new URL(OWNER_URL).port,
}).href;

/**
 * The owner's connections to the test's database, for what the app's role may not do: read everything,
 * move a hold into the past, remove a guard.
 */
const owner = new pg.Pool({ connectionString: OWNER_URL, max: 2 });

afterAll(() => owner.end());

/** Runs SQL as the owner. The type of the rows is not checked. */
export async function sql<Row extends pg.QueryResultRow>(
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const { rows } = await owner.query<Row>(text, values);
  return rows;
}

/** Renders SQL as text with its parameters as literals, for a connection that takes text only. */
export const asText = ({ strings, values }: Prisma.Sql): string =>
  strings.reduce((text, part, n) => `${text}${literalOf(values[n - 1])}${part}`);

const literalOf = (value: unknown): string =>
  value === null ? "NULL" : pg.escapeLiteral(String(value));

/** Runs work on one connection of the owner, for what needs its own session. */
export async function withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await owner.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

/** The number of connections to the test's database that wait for a lock. */
export async function waitingForLocks(): Promise<number> {
  const waiting = await sql(
    `SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return waiting.length;
}

const tables = () =>
  sql<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition ORDER BY 1`,
  );

/** The number of rows of each table. Two equal results show that a call wrote nothing. */
export async function rowCounts(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of await tables()) {
    const [row] = await sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
    counts[name] = row?.count ?? 0;
  }
  return counts;
}

/** The tables that contain `marker`, as text or as bytes. */
export async function tablesThatContain(marker: string): Promise<string[]> {
  const hex = Buffer.from(marker, "utf8").toString("hex");
  const found: string[] = [];
  for (const { name } of await tables()) {
    // A row as JSON shows bytea columns in hexadecimal.
    const rows = await sql(
      `SELECT 1 FROM ${name} t WHERE strpos(to_jsonb(t)::text, $1) > 0
          OR strpos(to_jsonb(t)::text, $2) > 0 LIMIT 1`,
      [marker, hex],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** Makes a row two minutes older, because reconcile skips the newest rows. */
export const age = (table: "payments" | "refunds", id: string) =>
  sql(`UPDATE ${table} SET created_at = now() - interval '2 minutes' WHERE id = $1`, [id]);

/** Moves the end of a hold into the past, as if it had expired before the next sweep. */
export async function letHoldRunOut(bookingId: string): Promise<void> {
  await sql("UPDATE bookings SET hold_expires_at = now() - interval '1 second' WHERE id = $1", [
    bookingId,
  ]);
}
