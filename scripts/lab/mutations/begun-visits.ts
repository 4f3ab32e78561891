import { inFile } from "./mutation";

const HOLD = "src/server/bookings/commands/hold.ts";
const TIMES_THAT_HAVE_BEGUN_SQL =
  "prisma/migrations/20261130010000_times_that_have_begun/migration.sql";

/** Guards of what nobody can do, or pay for, after the start of a visit. */
export const BEGUN_VISIT_MUTATIONS = [
  ...inFile(HOLD, "hold-until-start", {
    "a hold lasts beyond the start of the visit": [
      "interval '1 minute', c.starts_at)",
      "interval '1 minute', 'infinity')",
    ],
  }),
  ...inFile("src/server/bookings/commands/extend.ts", "hold-until-start", {
    "an extension lasts beyond the start of the visit": [
      "interval '1 minute', starts_at),",
      "interval '1 minute', 'infinity'),",
    ],
    "a hold that already lasts until the start can be extended": [
      "         AND hold_expires_at > app_now() AND hold_expires_at < starts_at\n",
      "         AND hold_expires_at > app_now()\n",
    ],
  }),
  ...inFile("src/server/bookings/commands/reschedule.ts", "hold-until-start", {
    "a reschedule to an earlier slot keeps the old end of the hold": [
      "hold_expires_at = least(b.hold_expires_at, c.starts_at)",
      "hold_expires_at = b.hold_expires_at",
    ],
  }),
  ...inFile(TIMES_THAT_HAVE_BEGUN_SQL, "hold-until-start", {
    "the database accepts a hold that lasts beyond the start": [
      "CHECK (hold_expires_at <= starts_at)",
      "CHECK (true)",
    ],
  }),
  ...inFile("src/server/bookings/commands/settle.ts", "payment-after-start", {
    "a payment after the start confirms the booking": [
      "AND status = 'PENDING' AND starts_at > app_now()",
      "AND status = 'PENDING'",
    ],
  }),
  ...inFile(TIMES_THAT_HAVE_BEGUN_SQL, "payment-after-start", {
    "the database accepts the confirmation of a booking that has begun": [
      "NEW.status = 'CONFIRMED' AND app_now() >= NEW.starts_at",
      "false",
    ],
  }),
  ...inFile("src/server/payments/commands/apply.ts", "payment-after-start", {
    "a payment after the start leaves the hold to a sweep": [
      "if (begun) await",
      "if (!begun) await",
    ],
  }),
  ...inFile("src/server/notifications/rules.ts", "unit/templates", {
    "the mail about a late payment says that nothing was charged": [
      'status === "EXPIRED" && refund === null',
      'status === "EXPIRED"',
    ],
  }),
  ...inFile("src/server/consultations/commands.ts", "no-show", {
    "a doctor can report a no-show before the grace time is over": [
      'if (grace) throw new AppError("TOO_EARLY");',
      "grace;",
    ],
    "a doctor can report a no-show although the patient waits": [
      'if (waits) throw new AppError("PATIENT_WAITING");',
      "waits;",
    ],
    "a doctor can start a visit after its refund became due": [
      `if (early) throw new AppError("TOO_EARLY");
  if (over)`,
      `if (early) throw new AppError("TOO_EARLY");
  if (!over && over)`,
    ],
    "a doctor can report a no-show after the refund became due": [
      `if (grace) throw new AppError("TOO_EARLY");
  if (over)`,
      `if (grace) throw new AppError("TOO_EARLY");
  if (!over && over)`,
    ],
    "a doctor who opens the visit counts as a waiting patient": [
      "if (isPatient && consultation",
      "if (isPatient !== null && consultation",
    ],
  }),
  ...inFile(TIMES_THAT_HAVE_BEGUN_SQL, "no-show", {
    "the database accepts a no-show before the grace time is over": [
      `    app_now() < NEW.starts_at + make_interval(mins => NEW.no_show_grace_minutes)
    OR`,
      "    false OR",
    ],
    "the database accepts a no-show although the patient waits": [
      "AND patient_waits(NEW, c)",
      "AND false",
    ],
  }),
  ...inFile(HOLD, "no-show", {
    "a booking does not keep the grace time of its policy": [
      "p.tiers AS policy, p.no_show_grace_minutes",
      "p.tiers AS policy, 10",
    ],
  }),
];
