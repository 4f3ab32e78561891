import { inFile } from "./mutation";

/** Guards of slots, holds and bookings, and of the transaction that writes them. */
export const BOOKING_MUTATIONS = [
  ...inFile("src/server/availability/commands/claim.ts", "double-booking-guards", [
    {
      defect: "a claim ignores the status of the slot",
      find: "{slotId}::uuid AND s.status = 'AVAILABLE'",
      replace: "{slotId}::uuid",
    },
  ]),
  ...inFile("prisma/migrations/20261121000200_guards/migration.sql", "database-errors", [
    {
      defect: "a doctor's slots can overlap",
      find: `,
  ADD CONSTRAINT availability_slots_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (withdrawn_at IS NULL);`,
      replace: ";",
    },
    {
      defect: "a doctor's bookings can overlap",
      find: `  ADD CONSTRAINT bookings_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED')),
`,
      replace: "",
    },
    {
      defect: "a patient's bookings can overlap",
      find: `,
  ADD CONSTRAINT bookings_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED'));`,
      replace: ";",
    },
    {
      defect: "a slot can have several active bookings",
      find: "CREATE UNIQUE INDEX bookings_one_active_per_slot",
      replace: "CREATE INDEX bookings_one_active_per_slot",
    },
    // The statement that holds names the index in ON CONFLICT: without the index, every hold fails.
    {
      defect: "a patient can have any number of holds",
      find: "CREATE UNIQUE INDEX bookings_live_holds",
      replace: "CREATE INDEX bookings_live_holds",
    },
  ]),
  ...inFile("src/server/platform/idempotency.ts", "double-booking-guards transaction", [
    {
      defect: "the answer of an idempotency key is not kept",
      find: "  return count === 1;",
      replace: `  await tx.idempotencyKey.deleteMany({ where: scope });
  return count === 1;`,
    },
  ]),
  ...inFile("src/server/platform/transaction.ts", "transaction double-booking-guards", [
    {
      defect: "the error of a transaction is swallowed",
      find: "      if (!isRetryable(error)) throw fromDatabase(error);",
      replace: "      if (!isRetryable(error)) return undefined as T;",
    },
  ]),
  ...inFile(
    "src/server/availability/commands/hours.ts",
    "availability-races availability-changes",
    [
      {
        defect: "hours are saved although another caller changed them since they were read",
        find: "::int IS NULL OR r.version = ",
        replace: "::int IS NULL OR true OR r.version = ",
      },
    ],
  ),
  ...inFile("src/server/availability/commands/plan.ts", "availability-changes", [
    {
      defect: "a booking that only misses the new slot grid is reported as outside the hours",
      find: "(on_day_off OR from_rules AND NOT within) AS outside",
      replace: "(on_day_off OR from_rules AND NOT fits) AS outside",
    },
  ]),
  ...inFile("src/server/availability/commands/preview.ts", "many-slots", [
    {
      defect: "several processes compute previews for the same doctor at the same time",
      find: "CASE WHEN lock.mine THEN",
      replace: "CASE WHEN lock.mine IS NOT NULL THEN",
    },
  ]),
];
