import type { Mutation } from "./list";

const MIGRATION = "prisma/migrations/20261130010000_times_that_have_begun/migration.sql";
const HOLD = "src/server/bookings/commands/hold.ts";
const EXTEND = "src/server/bookings/commands/extend.ts";
const CONSULTATIONS = "src/server/consultations/commands.ts";

/** Guards of what nobody may do, or pay for, once a time has begun. */
export const BEGUN_MUTATIONS: Mutation[] = [
  {
    says: "a hold outlives the start",
    file: HOLD,
    find: "interval '1 minute', c.starts_at)",
    replace: "interval '1 minute', 'infinity')",
    tests: ["hold-until-start"],
  },
  {
    says: "an extension goes beyond the start",
    file: EXTEND,
    find: "interval '1 minute', starts_at),",
    replace: "interval '1 minute', 'infinity'),",
    tests: ["hold-until-start"],
  },
  {
    says: "a hold that reaches the start is extended by nothing",
    file: EXTEND,
    find: "         AND hold_expires_at > app_now() AND hold_expires_at < starts_at\n",
    replace: "         AND hold_expires_at > app_now()\n",
    tests: ["hold-until-start"],
  },
  {
    says: "a reschedule leaves the end of the hold behind",
    file: "src/server/bookings/commands/reschedule.ts",
    find: "hold_expires_at = least(b.hold_expires_at, c.starts_at)",
    replace: "hold_expires_at = b.hold_expires_at",
    tests: ["hold-until-start"],
  },
  {
    says: "the database takes a hold beyond the start",
    file: MIGRATION,
    find: "CHECK (hold_expires_at <= starts_at)",
    replace: "CHECK (true)",
    tests: ["hold-until-start"],
  },
  {
    says: "a payment after the start confirms",
    file: "src/server/bookings/commands/settle.ts",
    find: "AND status = 'PENDING' AND starts_at > app_now()",
    replace: "AND status = 'PENDING'",
    tests: ["payment-after-start"],
  },
  {
    says: "the database confirms what has begun",
    file: MIGRATION,
    find: "NEW.status = 'CONFIRMED' AND app_now() >= NEW.starts_at",
    replace: "false",
    tests: ["payment-after-start"],
  },
  {
    says: "a payment after the start leaves the hold for a sweep",
    file: "src/server/payments/commands/apply.ts",
    find: "if (begun) await",
    replace: "if (!begun) await",
    tests: ["payment-after-start"],
  },
  {
    says: "the mail after a late payment says that nothing was charged",
    file: "src/server/notifications/rules.ts",
    find: 'status === "EXPIRED" && refund === null',
    replace: 'status === "EXPIRED"',
    tests: ["unit/templates"],
  },
  {
    says: "a patient is absent at once",
    file: CONSULTATIONS,
    find: 'if (grace) throw new AppError("TOO_EARLY");',
    replace: "grace;",
    tests: ["no-show"],
  },
  {
    says: "a patient who waits is absent",
    file: CONSULTATIONS,
    find: 'if (waits) throw new AppError("PATIENT_WAITING");',
    replace: "waits;",
    tests: ["no-show"],
  },
  {
    says: "the database takes a patient for absent at once",
    file: MIGRATION,
    find: "    app_now() < NEW.starts_at + make_interval(mins => NEW.no_show_grace_minutes)\n    OR",
    replace: "    false OR",
    tests: ["no-show"],
  },
  {
    says: "the database takes a patient who waits for absent",
    file: MIGRATION,
    find: "AND patient_waits(NEW, c)",
    replace: "AND false",
    tests: ["no-show"],
  },
  {
    says: "a visit is begun when its fee is due back",
    file: CONSULTATIONS,
    find: 'if (early) throw new AppError("TOO_EARLY");\n  if (over)',
    replace: 'if (early) throw new AppError("TOO_EARLY");\n  if (!over && over)',
    tests: ["no-show"],
  },
  {
    says: "a patient is absent from a visit whose fee is due back",
    file: CONSULTATIONS,
    find: 'if (grace) throw new AppError("TOO_EARLY");\n  if (over)',
    replace: 'if (grace) throw new AppError("TOO_EARLY");\n  if (!over && over)',
    tests: ["no-show"],
  },
  {
    says: "a booking forgets the grace time of its policy",
    file: HOLD,
    find: "p.tiers AS policy, p.no_show_grace_minutes",
    replace: "p.tiers AS policy, 10",
    tests: ["no-show"],
  },
  {
    says: "a doctor who looks counts as a patient who waits",
    file: CONSULTATIONS,
    find: "if (isPatient && consultation",
    replace: "if (isPatient !== null && consultation",
    tests: ["no-show"],
  },
];
