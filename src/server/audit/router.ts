import { admin, rest, router } from "../trpc/procedures";
import { listAudit } from "./queries/list";
import { verifyAudit } from "./queries/verify";
import { auditPage, listAuditInput, verification, verifyAuditInput } from "./schema";

export const auditRouter = router({
  list: admin
    .meta(rest("GET", "/admin/audit", "Admin", "Who did what, when"))
    .input(listAuditInput)
    .output(auditPage)
    .query(({ input }) => listAudit(input)),
  /** Writes nothing, so it needs no key; a POST because it is work. */
  verify: admin
    .meta(rest("POST", "/admin/audit/verify", "Admin", "Recompute the chains"))
    .input(verifyAuditInput)
    .output(verification)
    .mutation(({ input }) => verifyAudit(input)),
});
