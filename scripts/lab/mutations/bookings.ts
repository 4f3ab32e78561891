import type { Mutation } from "./mutation";

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";

/** Guards of slots, holds and bookings, and of the transaction that writes them. */
export const BOOKING_MUTATIONS: Mutation[] = [
  {
    defect: "a claim ignores the status of the slot",
    file: "src/server/availability/commands/claim.ts",
    find: "{slotId}::uuid AND s.status = 'AVAILABLE'",
    replace: "{slotId}::uuid",
    tests: ["double-booking-guards"],
  },
  {
    defect: "a doctor's slots can overlap",
    file: GUARDS_SQL,
    find: `,
  ADD CONSTRAINT availability_slots_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (withdrawn_at IS NULL);`,
    replace: ";",
    tests: ["database-errors"],
  },
  {
    defect: "a doctor's bookings can overlap",
    file: GUARDS_SQL,
    find: `  ADD CONSTRAINT bookings_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED')),
`,
    replace: "",
    tests: ["database-errors"],
  },
  {
    defect: "a patient's bookings can overlap",
    file: GUARDS_SQL,
    find: `,
  ADD CONSTRAINT bookings_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED'));`,
    replace: ";",
    tests: ["database-errors"],
  },
  {
    defect: "a slot can have several active bookings",
    file: GUARDS_SQL,
    find: "CREATE UNIQUE INDEX bookings_one_active_per_slot",
    replace: "CREATE INDEX bookings_one_active_per_slot",
    tests: ["database-errors"],
  },
  {
    defect: "a patient can have any number of holds",
    file: GUARDS_SQL,
    // The statement that holds names the index in ON CONFLICT: without the index, every hold fails.
    find: "CREATE UNIQUE INDEX bookings_live_holds",
    replace: "CREATE INDEX bookings_live_holds",
    tests: ["database-errors"],
  },
  {
    defect: "the answer of an idempotency key is not kept",
    file: "src/server/platform/idempotency.ts",
    find: "  return count === 1;",
    replace: `  await tx.idempotencyKey.deleteMany({ where: scope });
  return count === 1;`,
    tests: ["double-booking-guards", "transaction"],
  },
  {
    defect: "the error of a transaction is swallowed",
    file: "src/server/platform/transaction.ts",
    find: "      if (!isRetryable(error)) throw fromDatabase(error);",
    replace: "      if (!isRetryable(error)) return undefined as T;",
    tests: ["transaction", "double-booking-guards"],
  },
  {
    defect: "hours are saved although another caller changed them since they were read",
    file: "src/server/availability/commands/hours.ts",
    find: "::int IS NULL OR r.version = ",
    replace: "::int IS NULL OR true OR r.version = ",
    tests: ["availability-races", "availability-changes"],
  },
  {
    defect: "a booking that only misses the new slot grid is reported as outside the hours",
    file: "src/server/availability/commands/plan.ts",
    find: "(on_day_off OR from_rules AND NOT within) AS outside",
    replace: "(on_day_off OR from_rules AND NOT fits) AS outside",
    tests: ["availability-changes"],
  },
  {
    defect: "several processes compute previews for the same doctor at the same time",
    file: "src/server/availability/commands/preview.ts",
    find: "CASE WHEN lock.mine THEN",
    replace: "CASE WHEN lock.mine IS NOT NULL THEN",
    tests: ["many-slots"],
  },
];
