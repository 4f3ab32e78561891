import type { JobCase } from "../../../support/job-cases";
import { bookingCases } from "./bookings";
import { housekeepingCases } from "./housekeeping";
import { notificationCases } from "./notifications";
import { paymentCases } from "./payments";

/** The cases of every function of the app, except those in `stripe.ts`. */
export const cases: JobCase[] = [
  ...bookingCases,
  ...paymentCases,
  ...notificationCases,
  ...housekeepingCases,
];
