import type { JobCase } from "../../../support/job-cases";
import { bookingCases } from "./bookings";
import { housekeepingCases } from "./housekeeping";
import { notificationCases } from "./notifications";
import { paymentCases } from "./payments";

/** Every function of the app; a test compares this with what the app runs. */
export const cases: JobCase[] = [
  ...bookingCases,
  ...paymentCases,
  ...notificationCases,
  ...housekeepingCases,
];
