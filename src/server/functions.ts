import type { InngestFunction } from "inngest";
import * as accounts from "./accounts/jobs";
import * as audit from "./audit/jobs";
import * as availability from "./availability/jobs";
import * as bookings from "./bookings/jobs";
import * as platform from "./job-engine/jobs";
import { createJobsEndpoint } from "./job-engine/server";
import * as notifications from "./notifications/jobs";
import * as payments from "./payments/jobs";

/** All jobs: everything that a domain's jobs.ts exports. */
export const functions: readonly InngestFunction.Any[] = [
  platform,
  audit,
  accounts,
  availability,
  bookings,
  payments,
  notifications,
].flatMap((jobs) => Object.values(jobs));

/** Handles /api/inngest, which an Inngest server calls for each step of a run. */
export const handleJobs = createJobsEndpoint(functions);
