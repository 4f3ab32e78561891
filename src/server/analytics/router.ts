import { admin, rest, router } from "../trpc/procedures";
import { summary as readSummary, utilization as readUtilization } from "./queries";
import { rangeInput, summary, utilization, utilizationInput } from "./schema";

export const analyticsRouter = router({
  summary: admin
    .meta(rest("GET", "/admin/analytics/summary", "Admin", "Counts and revenue of a period"))
    .input(rangeInput)
    .output(summary)
    .query(({ input }) => readSummary(input)),
  utilization: admin
    .meta(rest("GET", "/admin/analytics/utilization", "Admin", "How full each doctor's slots are"))
    .input(utilizationInput)
    .output(utilization)
    .query(({ input }) => readUtilization(input)),
});
