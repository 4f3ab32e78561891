import { admin, rest, router } from "../trpc/procedures";
import { listAudit } from "./queries/list";
import { verifyAudit } from "./queries/verify";
import { auditPage, listAuditInput, verification, verifyAuditInput } from "./schema";

export const auditRouter = router({
  list: admin
    .meta(rest("GET", "/admin/audit", "Admin", "List audit entries"))
    .input(listAuditInput)
    .output(auditPage)
    .query(({ input }) => listAudit(input)),
  /** Needs no idempotency key because it writes nothing. It is a POST because it is expensive. */
  verify: admin
    .meta(rest("POST", "/admin/audit/verify", "Admin", "Verify the audit chains"))
    .input(verifyAuditInput)
    .output(verification)
    .mutation(({ input }) => verifyAudit(input)),
});
