import fc from "fast-check";
import { expect, test } from "vitest";
import { Prisma } from "@/generated/prisma/client";
import { unblockedSql } from "@/server/availability/commands/plan";
import { db } from "@/server/platform/db";

const DOCTORS = ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"];
type Row = { doctor: string; start: number; end: number };

const rows = fc.array(
  fc.record({
    doctor: fc.constantFrom(...DOCTORS),
    start: fc.integer({ min: 0, max: 300 }),
    length: fc.integer({ min: 5, max: 60 }),
  }),
  { maxLength: 30 },
);
const toRows = (made: Array<{ doctor: string; start: number; length: number }>): Row[] =>
  made.map(({ doctor, start, length }) => ({ doctor, start, end: start + length }));

const iso = (minutes: number) => new Date(minutes * 60_000).toISOString();
const relation = (all: Row[]) => Prisma.sql`
  SELECT * FROM unnest(${all.map(({ doctor }) => doctor)}::text[]::uuid[],
                       ${all.map(({ start }) => iso(start))}::text[]::timestamptz[],
                       ${all.map(({ end }) => iso(end))}::text[]::timestamptz[])
    AS r(doctor_id, starts_at, ends_at)`;

const keyOf = ({ doctor, start, end }: Row) => `${doctor} ${iso(start)} ${iso(end)}`;

test("the query selects the wanted slots that overlap no blocking slot of the same doctor", async () => {
  await fc.assert(
    fc.asyncProperty(rows.map(toRows), rows.map(toRows), async (wanted, blocking) => {
      const free = wanted.filter(
        (slot) =>
          !blocking.some(
            (other) =>
              other.doctor === slot.doctor && other.start < slot.end && other.end > slot.start,
          ),
      );
      const found = await db.$queryRaw<
        Array<{ doctor_id: string; starts_at: Date; ends_at: Date }>
      >`
        WITH wanted AS (${relation(wanted)}), blocking AS (${relation(blocking)}) ${unblockedSql}`;
      const keys = found.map((row) => {
        return `${row.doctor_id} ${row.starts_at.toISOString()} ${row.ends_at.toISOString()}`;
      });
      expect(keys.sort()).toEqual(free.map(keyOf).sort());
    }),
    { numRuns: 60 },
  );
});
