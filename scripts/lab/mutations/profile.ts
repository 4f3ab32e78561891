import { inFile } from "./mutation";

/** Guards of a doctor's profile, and of the changes that wait for an admin. */
export const PROFILE_MUTATIONS = [
  ...inFile("src/server/doctors/commands/profile.ts", "doctor-profile", {
    "a doctor publishes a new name without an admin": [
      "data: { ...rest, feeAmount: fee?.amount,",
      "data: { ...rest, name: wanted.name, feeAmount: fee?.amount,",
    ],
    "a profile is saved whatever version was read": [
      "version !== undefined && version !== before.version",
      "version !== undefined && version > before.version",
    ],
  }),
  ...inFile("src/server/doctors/commands/changes.ts", "doctor-changes", {
    "an admin decides about a change that no longer waits": [
      `where: { id, status: "PENDING" },`,
      "where: { id },",
    ],
    "an admin approves a registration that has ended": [
      `if (end && isLapsed(end, clinicDay(clock.now()))) throw new AppError("REGISTRATION_LAPSED");`,
      "",
    ],
  }),
  ...inFile("prisma/migrations/20261130100000_doctor_profiles/migration.sql", "doctor-changes", {
    "a decided change can be changed": [
      "FOR EACH ROW WHEN (OLD.status <> 'PENDING') EXECUTE",
      "FOR EACH ROW WHEN (false) EXECUTE",
    ],
    "two changes of a doctor wait at once": [
      "CREATE UNIQUE INDEX doctor_changes_one_pending",
      "CREATE INDEX doctor_changes_one_pending",
    ],
  }),
  ...inFile("src/server/bookings/commands/reschedule.ts", "changed-fee", {
    "a booking moves to a doctor with another fee": [
      "AND (b.doctor_id = c.doctor_id OR b.price_amount = c.fee_amount)",
      "",
    ],
    "a booking cannot move to another time of its doctor after the fee has changed": [
      "(b.doctor_id = c.doctor_id OR b.price_amount = c.fee_amount)",
      "b.price_amount = c.fee_amount",
    ],
  }),
];
