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
  /** As the list shows it, such as `amrutam-refund-payment`. */
  functionId: text(100).optional(),
});
export type ListJobs = z.infer<typeof listJobsInput>;

export const jobInput = z.object({ runId: id });

const jobError = z.object({ name: z.string(), message: z.string() });

/** One run of a function, without what it was given and gave. */
const job = z.object({
  id,
  functionId: z.string(),
  /** The event that started it. */
  event: z.object({ id: z.string(), name: z.string() }),
  status: jobStatus,
  /** All tries of all its steps. */
  attempts: z.int(),
  /** How often an admin started it again. */
  retries: z.int(),
  error: jobError.nullable(),
  /** When it goes on; null once it has ended. */
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
  /** The tries in order. LOST is one in which the process died. */
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
  /** What runs the functions: this app, or an Inngest server. */
  engine: z.enum(["embedded", "server"]),
  /** Each kind of work that rows owe, in alphabetical order. */
  kinds: z.array(
    z.object({
      name: z.string(),
      /** How much of it is late, though it was looked for, and since when the oldest of that is. */
      late: z.int(),
      lateSince: instant.nullable(),
      sweptAt: instant.nullable(),
      /** What the last sweep failed with. */
      error: z.string().nullable(),
    }),
  ),
});
export type OwedWork = z.infer<typeof owedWork>;
