import { authRouter } from "../accounts/router/auth";
import { meRouter } from "../accounts/router/me";
import { peopleRouter } from "../accounts/router/people";
import { analyticsRouter } from "../analytics/router";
import { auditRouter } from "../audit/router";
import { availabilityRouter } from "../availability/router";
import { bookingsRouter } from "../bookings/router";
import { consultationsRouter } from "../consultations/router";
import { doctorsRouter } from "../doctors/router";
import { jobsRouter } from "../job-admin/router";
import { mailboxRouter } from "../notifications/router";
import { paidBookingsRouter, paymentsRouter, sandboxRouter } from "../payments/router";
import { mergeRouters, router } from "./procedures";

/** All procedures. Pages and REST call the same ones. */
export const appRouter = router({
  auth: authRouter,
  me: meRouter,
  people: peopleRouter,
  doctors: doctorsRouter,
  availability: availabilityRouter,
  bookings: mergeRouters(bookingsRouter, paidBookingsRouter),
  payments: paymentsRouter,
  consultations: consultationsRouter,
  sandbox: sandboxRouter,
  mailbox: mailboxRouter,
  analytics: analyticsRouter,
  audit: auditRouter,
  jobs: jobsRouter,
});

export type AppRouter = typeof appRouter;
