import { ACCOUNTS } from "./accounts";
import { AUDIT } from "./audit";
import { AVAILABILITY } from "./availability";
import { BOOKINGS } from "./bookings";
import { CONSULTATIONS } from "./consultations";
import { DOCTORS } from "./doctors";
import { ENCRYPTION } from "./encryption";
import type { Invariant } from "./invariant";
import { NOTIFICATIONS } from "./notifications";
import { PAYMENTS } from "./payments";
import { PLATFORM } from "./platform";

/** Every invariant, also those that hold only after every job has run. */
export const INVARIANTS: Invariant[] = [
  ...BOOKINGS,
  ...AVAILABILITY,
  ...PAYMENTS,
  ...CONSULTATIONS,
  ...NOTIFICATIONS,
  ...ACCOUNTS,
  ...DOCTORS,
  ...AUDIT,
  ...ENCRYPTION,
  ...PLATFORM,
];
