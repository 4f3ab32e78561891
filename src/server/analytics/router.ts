import { admin, rest, router } from "../trpc/procedures";
import {
  attention as readAttention,
  summary as readSummary,
  utilization as readUtilization,
} from "./queries";
import { attention, rangeInput, summary, utilization, utilizationInput } from "./schema";

export const analyticsRouter = router({
  summary: admin
    .meta(rest("GET", "/admin/analytics/summary", "Admin", "Counts and revenue of a period"))
    .input(rangeInput)
    .output(summary)
    .query(({ input }) => readSummary(input)),
  attention: admin
    .meta(rest("GET", "/admin/analytics/attention", "Admin", "What needs an admin's attention"))
    .output(attention)
    .query(() => readAttention()),
  utilization: admin
    .meta(rest("GET", "/admin/analytics/utilization", "Admin", "Share of booked slots by doctor"))
    .input(utilizationInput)
    .output(utilization)
    .query(({ input }) => readUtilization(input)),
});
