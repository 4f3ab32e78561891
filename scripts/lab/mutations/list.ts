import { ACCOUNT_MUTATIONS } from "./accounts";
import { AUDIT_MUTATIONS } from "./audit";
import { BEGUN_VISIT_MUTATIONS } from "./begun-visits";
import { BOOKING_MUTATIONS } from "./bookings";
import { DATABASE_MUTATIONS } from "./database";
import { JOB_MUTATIONS } from "./jobs";
import type { Mutation } from "./mutation";
import { OUTAGE_MUTATIONS } from "./outages";
import { PAYMENT_MUTATIONS } from "./payments";
import { PRIVATE_DATA_MUTATIONS } from "./private-data";
import { PROFILE_MUTATIONS } from "./profile";
import { RATE_LIMIT_MUTATIONS } from "./rate-limits";
import { REQUEST_MUTATIONS } from "./requests";
import { SESSION_MUTATIONS } from "./sessions";

/** All mutations, in the order in which they run. */
export const MUTATIONS: Mutation[] = [
  ...BOOKING_MUTATIONS,
  ...PAYMENT_MUTATIONS,
  ...BEGUN_VISIT_MUTATIONS,
  ...SESSION_MUTATIONS,
  ...ACCOUNT_MUTATIONS,
  ...PRIVATE_DATA_MUTATIONS,
  ...PROFILE_MUTATIONS,
  ...RATE_LIMIT_MUTATIONS,
  ...AUDIT_MUTATIONS,
  ...REQUEST_MUTATIONS,
  ...DATABASE_MUTATIONS,
  ...OUTAGE_MUTATIONS,
  ...JOB_MUTATIONS,
];
