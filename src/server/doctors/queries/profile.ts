import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { type Profile, someDetails } from "../schema";
import { toOwnView } from "./applications";

/**
 * Reads a doctor's own profile: the public values, the change that waits for an admin, and the
 * latest decision. @throws NOT_FOUND.
 */
export async function getProfile(doctorId: string, client: Tx | typeof db = db): Promise<Profile> {
  const row = await client.doctor.findUnique({
    where: { id: doctorId },
    include: {
      changes: { where: { status: { not: "WITHDRAWN" } }, orderBy: { id: "desc" }, take: 2 },
    },
  });
  if (!row) throw new AppError("NOT_FOUND");
  const pending = row.changes.find(({ status }) => status === "PENDING");
  const decided = row.changes.find(({ status }) => status !== "PENDING");
  return {
    ...toOwnView(row),
    version: row.profileVersion,
    pending: pending
      ? { ...someDetails.parse(pending.after), requestedAt: pending.createdAt.toISOString() }
      : null,
    decision: decided?.decidedAt
      ? {
          status: decided.status === "APPROVED" ? "APPROVED" : "REJECTED",
          at: decided.decidedAt.toISOString(),
          reason: decided.rejectionReason,
          change: someDetails.parse(decided.after),
        }
      : null,
  };
}
