import { z } from "zod";
import { id, instant, page, pageInput, text } from "../platform/schema";

const jobStatus = z.enum([
  "QUEUED",
  "RUNNING",
  "SLEEPING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "HANDED_OVER",
]);

export const listJobsInput = pageInput.extend({
  status: jobStatus.optional(),
  /** The id as in the list, for example `amrutam-refund-payment`. */
  functionId: text(100).optional(),
});
export type ListJobs = z.infer<typeof listJobsInput>;

export const jobInput = z.object({ runId: id });

const jobError = z.object({ name: z.string(), message: z.string() });

/** One run of a job, without the data of its event and its results. */
const job = z.object({
  id,
  functionId: z.string(),
  /** The event that started the run. */
  event: z.object({ id: z.string(), name: z.string() }),
  status: jobStatus,
  /** The number of tries of all steps. */
  attempts: z.int(),
  /** How often an admin restarted the run. */
  retries: z.int(),
  error: jobError.nullable(),
  /** When the run continues; null after its end. */
  dueAt: instant.nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
});
export type Job = z.infer<typeof job>;
export const jobPage = page(job);
export type JobPage = z.infer<typeof jobPage>;

export const jobDetail = job.extend({
  steps: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["PLANNED", "SLEEPING", "COMPLETED", "FAILED"]),
      attempt: z.int(),
      error: jobError.nullable(),
      dueAt: instant.nullable(),
      endedAt: instant.nullable(),
    }),
  ),
  /** The tries in order. LOST means that the process died during the try. */
  tries: z.array(
    z.object({
      stepName: z.string().nullable(),
      attempt: z.int(),
      outcome: z.enum(["COMPLETED", "FAILED", "LOST"]),
      error: jobError.nullable(),
      ms: z.int().nullable(),
      at: instant,
    }),
  ),
});
export type JobDetail = z.infer<typeof jobDetail>;

export const owedWork = z.object({
  /** What runs the jobs: this app, or an Inngest server. */
  engine: z.enum(["embedded", "server"]),
  /** The kinds of work that rows owe, in alphabetical order. */
  kinds: z.array(
    z.object({
      name: z.string(),
      /** How much work was still late after the last sweep, and since when the oldest of it is due. */
      late: z.int(),
      lateSince: instant.nullable(),
      sweptAt: instant.nullable(),
      /** The name of the error of the last sweep, if it failed. */
      error: z.string().nullable(),
    }),
  ),
});
export type OwedWork = z.infer<typeof owedWork>;
