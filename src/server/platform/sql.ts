import { Prisma } from "@/generated/prisma/client";

/** Formats a timestamptz expression as the API writes instants: ISO 8601 in UTC with milliseconds. */
export const isoSql = (instant: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Builds a jsonb object of SQL expressions. A parameter among them needs a cast, because PostgreSQL
 * cannot infer its type there.
 */
export function jsonSql(fields: Record<string, Prisma.Sql | undefined>): Prisma.Sql {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value ? [Prisma.sql`${name}::text, ${value}`] : [],
  );
  return Prisma.sql`jsonb_build_object(${pairs.length > 0 ? Prisma.join(pairs) : Prisma.empty})`;
}
