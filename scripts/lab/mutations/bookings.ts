import { inFile } from "./mutation";

/** Guards of slots, holds and bookings, and of the transaction that writes them. */
export const BOOKING_MUTATIONS = [
  ...inFile("src/server/availability/commands/claim.ts", "double-booking-guards", {
    "a claim ignores the status of the slot": [
      "{slotId}::uuid AND s.status = 'AVAILABLE'",
      "{slotId}::uuid",
    ],
  }),
  ...inFile("prisma/migrations/20261121000200_guards/migration.sql", "database-errors", {
    "a doctor's slots can overlap": [
      `,
  ADD CONSTRAINT availability_slots_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (withdrawn_at IS NULL);`,
      ";",
    ],
    "a doctor's bookings can overlap": [
      `  ADD CONSTRAINT bookings_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED')),
`,
      "",
    ],
    "a patient's bookings can overlap": [
      `,
  ADD CONSTRAINT bookings_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED'));`,
      ";",
    ],
    "a slot can have several active bookings": [
      "CREATE UNIQUE INDEX bookings_one_active_per_slot",
      "CREATE INDEX bookings_one_active_per_slot",
    ],
    // The statement that holds names the index in ON CONFLICT: without the index, every hold fails.
    "a patient can have any number of holds": [
      "CREATE UNIQUE INDEX bookings_live_holds",
      "CREATE INDEX bookings_live_holds",
    ],
  }),
  ...inFile("src/server/platform/idempotency.ts", "double-booking-guards transaction", {
    "the answer of an idempotency key is not kept": [
      "  return count === 1;",
      `  await tx.idempotencyKey.deleteMany({ where: scope });
  return count === 1;`,
    ],
  }),
  ...inFile("src/server/platform/transaction.ts", "transaction double-booking-guards", {
    "the error of a transaction is swallowed": [
      "      if (!isRetryable(error)) throw fromDatabase(error);",
      "      if (!isRetryable(error)) return undefined as T;",
    ],
  }),
  ...inFile(
    "src/server/availability/commands/hours.ts",
    "availability-races availability-changes",
    {
      "hours are saved although another caller changed them since they were read": [
        "::int IS NULL OR r.version = ",
        "::int IS NULL OR true OR r.version = ",
      ],
    },
  ),
  ...inFile("src/server/availability/commands/plan.ts", "availability-changes", {
    "a booking that only misses the new slot grid is reported as outside the hours": [
      "(on_day_off OR from_rules AND NOT within) AS outside",
      "(on_day_off OR from_rules AND NOT fits) AS outside",
    ],
  }),
  ...inFile("src/server/availability/commands/preview.ts", "many-slots", {
    "several processes compute previews for the same doctor at the same time": [
      "CASE WHEN lock.is_acquired THEN",
      "CASE WHEN lock.is_acquired IS NOT NULL THEN",
    ],
  }),
];
