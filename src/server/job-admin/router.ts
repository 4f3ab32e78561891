import { admin, adminWrite, rest, router } from "../trpc/procedures";
import { retryJob } from "./commands";
import { getJob, listJobs, readOwedWork } from "./queries";
import { jobDetail, jobInput, jobPage, listJobsInput, owedWork } from "./schema";

export const jobsRouter = router({
  list: admin
    .meta(rest("GET", "/admin/jobs", "Admin", "Runs of the embedded job engine"))
    .input(listJobsInput)
    .output(jobPage)
    .query(({ input }) => listJobs(input)),
  owed: admin
    .meta(rest("GET", "/admin/jobs/owed", "Admin", "What is owed by rows, and late"))
    .output(owedWork)
    .query(() => readOwedWork()),
  get: admin
    .meta(rest("GET", "/admin/jobs/{runId}", "Admin", "A run with its steps and tries"))
    .input(jobInput)
    .output(jobDetail)
    .query(({ input }) => getJob(input.runId)),
  retry: adminWrite
    .meta(rest("POST", "/admin/jobs/{runId}/retry", "Admin", "Start a failed run again"))
    .input(jobInput)
    .output(jobDetail)
    .mutation(({ ctx, input }) => ctx.write(input, (tx) => retryJob(tx, ctx.actor, input.runId))),
});
