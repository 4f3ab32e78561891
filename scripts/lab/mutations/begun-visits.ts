import { inFile } from "./mutation";

const HOLD = "src/server/bookings/commands/hold.ts";
const TIMES_THAT_HAVE_BEGUN_SQL =
  "prisma/migrations/20261130010000_times_that_have_begun/migration.sql";

/** Guards of what nobody can do, or pay for, after the start of a visit. */
export const BEGUN_VISIT_MUTATIONS = [
  ...inFile(HOLD, "hold-until-start", [
    {
      defect: "a hold lasts beyond the start of the visit",
      find: "interval '1 minute', c.starts_at)",
      replace: "interval '1 minute', 'infinity')",
    },
  ]),
  ...inFile("src/server/bookings/commands/extend.ts", "hold-until-start", [
    {
      defect: "an extension lasts beyond the start of the visit",
      find: "interval '1 minute', starts_at),",
      replace: "interval '1 minute', 'infinity'),",
    },
    {
      defect: "a hold that already lasts until the start can be extended",
      find: "         AND hold_expires_at > app_now() AND hold_expires_at < starts_at\n",
      replace: "         AND hold_expires_at > app_now()\n",
    },
  ]),
  ...inFile("src/server/bookings/commands/reschedule.ts", "hold-until-start", [
    {
      defect: "a reschedule to an earlier slot keeps the old end of the hold",
      find: "hold_expires_at = least(b.hold_expires_at, c.starts_at)",
      replace: "hold_expires_at = b.hold_expires_at",
    },
  ]),
  ...inFile(TIMES_THAT_HAVE_BEGUN_SQL, "hold-until-start", [
    {
      defect: "the database accepts a hold that lasts beyond the start",
      find: "CHECK (hold_expires_at <= starts_at)",
      replace: "CHECK (true)",
    },
  ]),
  ...inFile("src/server/bookings/commands/settle.ts", "payment-after-start", [
    {
      defect: "a payment after the start confirms the booking",
      find: "AND status = 'PENDING' AND starts_at > app_now()",
      replace: "AND status = 'PENDING'",
    },
  ]),
  ...inFile(TIMES_THAT_HAVE_BEGUN_SQL, "payment-after-start", [
    {
      defect: "the database accepts the confirmation of a booking that has begun",
      find: "NEW.status = 'CONFIRMED' AND app_now() >= NEW.starts_at",
      replace: "false",
    },
  ]),
  ...inFile("src/server/payments/commands/apply.ts", "payment-after-start", [
    {
      defect: "a payment after the start leaves the hold to a sweep",
      find: "if (begun) await",
      replace: "if (!begun) await",
    },
  ]),
  ...inFile("src/server/notifications/rules.ts", "unit/templates", [
    {
      defect: "the mail about a late payment says that nothing was charged",
      find: 'status === "EXPIRED" && refund === null',
      replace: 'status === "EXPIRED"',
    },
  ]),
  ...inFile("src/server/consultations/commands.ts", "no-show", [
    {
      defect: "a doctor can report a no-show before the grace time is over",
      find: 'if (grace) throw new AppError("TOO_EARLY");',
      replace: "grace;",
    },
    {
      defect: "a doctor can report a no-show although the patient waits",
      find: 'if (waits) throw new AppError("PATIENT_WAITING");',
      replace: "waits;",
    },
    {
      defect: "a doctor can start a visit after its refund became due",
      find: `if (early) throw new AppError("TOO_EARLY");
  if (over)`,
      replace: `if (early) throw new AppError("TOO_EARLY");
  if (!over && over)`,
    },
    {
      defect: "a doctor can report a no-show after the refund became due",
      find: `if (grace) throw new AppError("TOO_EARLY");
  if (over)`,
      replace: `if (grace) throw new AppError("TOO_EARLY");
  if (!over && over)`,
    },
    {
      defect: "a doctor who opens the visit counts as a waiting patient",
      find: "if (isPatient && consultation",
      replace: "if (isPatient !== null && consultation",
    },
  ]),
  ...inFile(TIMES_THAT_HAVE_BEGUN_SQL, "no-show", [
    {
      defect: "the database accepts a no-show before the grace time is over",
      find: `    app_now() < NEW.starts_at + make_interval(mins => NEW.no_show_grace_minutes)
    OR`,
      replace: "    false OR",
    },
    {
      defect: "the database accepts a no-show although the patient waits",
      find: "AND patient_waits(NEW, c)",
      replace: "AND false",
    },
  ]),
  ...inFile(HOLD, "no-show", [
    {
      defect: "a booking does not keep the grace time of its policy",
      find: "p.tiers AS policy, p.no_show_grace_minutes",
      replace: "p.tiers AS policy, 10",
    },
  ]),
];
