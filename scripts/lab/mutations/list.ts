import { ACCOUNT_MUTATIONS } from "./accounts";
import { AUDIT_MUTATIONS } from "./audit";
import { BEGUN_MUTATIONS } from "./begun";
import { DATABASE_MUTATIONS } from "./database";
import { DOOR_MUTATIONS } from "./endpoints";
import { FAILING_MUTATIONS } from "./failing";
import { HOURS_MUTATIONS } from "./hours";
import { JOB_MUTATIONS } from "./jobs";
import { MONEY_MUTATIONS } from "./money";
import { SECURITY_MUTATIONS } from "./security";

/** A guard, and how the code looks without it. */
export type Mutation = {
  says: string;
  file: string;
  /** Occurs exactly once; a guard that was rewritten wants its mutation rewritten too. */
  find: string;
  replace: string;
  /** The tests that have to notice: of integration, or "unit/…". */
  tests: string[];
};

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";
const APPLY = "src/server/payments/commands/apply.ts";

const OVERLAP = "tstzrange(starts_at, ends_at) WITH &&)";
const ACTIVE = "WHERE (status IN ('PENDING', 'CONFIRMED'))";

export const MUTATIONS: Mutation[] = [
  {
    says: "a claim ignores the slot's status",
    file: "src/server/availability/commands/claim.ts",
    find: "{slotId}::uuid AND s.status = 'AVAILABLE'",
    replace: "{slotId}::uuid",
    tests: ["double-booking-guards"],
  },
  {
    says: "a doctor's slots may overlap",
    file: GUARDS_SQL,
    find: `,
  ADD CONSTRAINT availability_slots_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, ${OVERLAP} WHERE (withdrawn_at IS NULL);`,
    replace: ";",
    tests: ["database-errors"],
  },
  {
    says: "a doctor's bookings may overlap",
    file: GUARDS_SQL,
    find: `  ADD CONSTRAINT bookings_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, ${OVERLAP} ${ACTIVE},
`,
    replace: "",
    tests: ["database-errors"],
  },
  {
    says: "a patient's bookings may overlap",
    file: GUARDS_SQL,
    find: `,
  ADD CONSTRAINT bookings_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =, ${OVERLAP} ${ACTIVE};`,
    replace: ";",
    tests: ["database-errors"],
  },
  {
    says: "a slot may have several bookings",
    file: GUARDS_SQL,
    find: "CREATE UNIQUE INDEX bookings_one_active_per_slot",
    replace: "CREATE INDEX bookings_one_active_per_slot",
    tests: ["database-errors"],
  },
  {
    says: "a patient may have any number of holds",
    file: GUARDS_SQL,
    // The statement that holds names the index as its arbiter: without it, every hold is a fault.
    find: "CREATE UNIQUE INDEX bookings_live_holds",
    replace: "CREATE INDEX bookings_live_holds",
    tests: ["database-errors"],
  },
  {
    says: "a webhook event is applied as often as it comes",
    file: APPLY,
    find: "    if (count === 0) return;\n    // The booking's row",
    replace: "    // The booking's row",
    tests: ["double-booking-guards", "webhook"],
  },
  {
    says: "a webhook event that is known is a fault",
    file: APPLY,
    find: `      data: [{ provider, eventId, type, outcome: "IGNORED" }],
      skipDuplicates: true,`,
    replace: `      data: [{ provider, eventId, type, outcome: "IGNORED" }],`,
    tests: ["double-booking-guards", "webhook"],
  },
  {
    says: "an idempotency key's answer is not kept",
    file: "src/server/platform/idempotency.ts",
    find: "  return count === 1;",
    replace: `  await tx.idempotencyKey.deleteMany({ where: scope });
  return count === 1;`,
    tests: ["double-booking-guards", "transaction"],
  },
  {
    says: "any amount confirms",
    file: APPLY,
    find: "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
    replace: "if (event.currency !== payment.currency) {",
    tests: ["webhook"],
  },
  {
    says: "any currency confirms",
    file: APPLY,
    find: "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
    replace: "if (event.amount !== payment.amount) {",
    tests: ["webhook"],
  },
  {
    says: "a transaction's error is swallowed",
    file: "src/server/platform/transaction.ts",
    find: "      if (!isRetryable(error)) throw fromDatabase(error);",
    replace: "      if (!isRetryable(error)) return undefined as T;",
    tests: ["transaction", "double-booking-guards"],
  },
  ...MONEY_MUTATIONS,
  ...JOB_MUTATIONS,
  ...BEGUN_MUTATIONS,
  ...SECURITY_MUTATIONS,
  ...ACCOUNT_MUTATIONS,
  ...AUDIT_MUTATIONS,
  ...DOOR_MUTATIONS,
  ...DATABASE_MUTATIONS,
  ...FAILING_MUTATIONS,
  ...HOURS_MUTATIONS,
];
