import type { Mutation } from "./mutation";

const HOLD = "src/server/bookings/commands/hold.ts";
const EXTEND = "src/server/bookings/commands/extend.ts";
const TIMES_THAT_HAVE_BEGUN_SQL =
  "prisma/migrations/20261130010000_times_that_have_begun/migration.sql";
const CONSULTATIONS_COMMANDS = "src/server/consultations/commands.ts";

/** Guards of what nobody can do, or pay for, after the start of a visit. */
export const BEGUN_VISIT_MUTATIONS: Mutation[] = [
  {
    defect: "a hold lasts beyond the start of the visit",
    file: HOLD,
    find: "interval '1 minute', c.starts_at)",
    replace: "interval '1 minute', 'infinity')",
    tests: ["hold-until-start"],
  },
  {
    defect: "an extension lasts beyond the start of the visit",
    file: EXTEND,
    find: "interval '1 minute', starts_at),",
    replace: "interval '1 minute', 'infinity'),",
    tests: ["hold-until-start"],
  },
  {
    defect: "a hold that already lasts until the start can be extended",
    file: EXTEND,
    find: "         AND hold_expires_at > app_now() AND hold_expires_at < starts_at\n",
    replace: "         AND hold_expires_at > app_now()\n",
    tests: ["hold-until-start"],
  },
  {
    defect: "a reschedule to an earlier slot keeps the old end of the hold",
    file: "src/server/bookings/commands/reschedule.ts",
    find: "hold_expires_at = least(b.hold_expires_at, c.starts_at)",
    replace: "hold_expires_at = b.hold_expires_at",
    tests: ["hold-until-start"],
  },
  {
    defect: "the database accepts a hold that lasts beyond the start",
    file: TIMES_THAT_HAVE_BEGUN_SQL,
    find: "CHECK (hold_expires_at <= starts_at)",
    replace: "CHECK (true)",
    tests: ["hold-until-start"],
  },
  {
    defect: "a payment after the start confirms the booking",
    file: "src/server/bookings/commands/settle.ts",
    find: "AND status = 'PENDING' AND starts_at > app_now()",
    replace: "AND status = 'PENDING'",
    tests: ["payment-after-start"],
  },
  {
    defect: "the database accepts the confirmation of a booking that has begun",
    file: TIMES_THAT_HAVE_BEGUN_SQL,
    find: "NEW.status = 'CONFIRMED' AND app_now() >= NEW.starts_at",
    replace: "false",
    tests: ["payment-after-start"],
  },
  {
    defect: "a payment after the start leaves the hold to a sweep",
    file: "src/server/payments/commands/apply.ts",
    find: "if (begun) await",
    replace: "if (!begun) await",
    tests: ["payment-after-start"],
  },
  {
    defect: "the mail about a late payment says that nothing was charged",
    file: "src/server/notifications/rules.ts",
    find: 'status === "EXPIRED" && refund === null',
    replace: 'status === "EXPIRED"',
    tests: ["unit/templates"],
  },
  {
    defect: "a doctor can report a no-show before the grace time is over",
    file: CONSULTATIONS_COMMANDS,
    find: 'if (grace) throw new AppError("TOO_EARLY");',
    replace: "grace;",
    tests: ["no-show"],
  },
  {
    defect: "a doctor can report a no-show although the patient waits",
    file: CONSULTATIONS_COMMANDS,
    find: 'if (waits) throw new AppError("PATIENT_WAITING");',
    replace: "waits;",
    tests: ["no-show"],
  },
  {
    defect: "the database accepts a no-show before the grace time is over",
    file: TIMES_THAT_HAVE_BEGUN_SQL,
    find: `    app_now() < NEW.starts_at + make_interval(mins => NEW.no_show_grace_minutes)
    OR`,
    replace: "    false OR",
    tests: ["no-show"],
  },
  {
    defect: "the database accepts a no-show although the patient waits",
    file: TIMES_THAT_HAVE_BEGUN_SQL,
    find: "AND patient_waits(NEW, c)",
    replace: "AND false",
    tests: ["no-show"],
  },
  {
    defect: "a doctor can start a visit after its refund became due",
    file: CONSULTATIONS_COMMANDS,
    find: `if (early) throw new AppError("TOO_EARLY");
  if (over)`,
    replace: `if (early) throw new AppError("TOO_EARLY");
  if (!over && over)`,
    tests: ["no-show"],
  },
  {
    defect: "a doctor can report a no-show after the refund became due",
    file: CONSULTATIONS_COMMANDS,
    find: `if (grace) throw new AppError("TOO_EARLY");
  if (over)`,
    replace: `if (grace) throw new AppError("TOO_EARLY");
  if (!over && over)`,
    tests: ["no-show"],
  },
  {
    defect: "a booking does not keep the grace time of its policy",
    file: HOLD,
    find: "p.tiers AS policy, p.no_show_grace_minutes",
    replace: "p.tiers AS policy, 10",
    tests: ["no-show"],
  },
  {
    defect: "a doctor who opens the visit counts as a waiting patient",
    file: CONSULTATIONS_COMMANDS,
    find: "if (isPatient && consultation",
    replace: "if (isPatient !== null && consultation",
    tests: ["no-show"],
  },
];
