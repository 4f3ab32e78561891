import type { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isUuid, listOf, toPage } from "../../platform/page";
import type { Tx } from "../../platform/transaction";
import { type ChangeView, type ListChanges, someDetails } from "../schema";

const include = {
  doctor: { select: { name: true, user: { select: { email: true } } } },
} as const;

const toChange = (row: Prisma.DoctorChangeGetPayload<{ include: typeof include }>): ChangeView => ({
  id: row.id,
  doctorId: row.doctorId,
  doctorName: row.doctor.name,
  email: row.doctor.user.email,
  status: row.status,
  before: someDetails.parse(row.before),
  after: someDetails.parse(row.after),
  requestedAt: row.createdAt.toISOString(),
  decidedAt: row.decidedAt?.toISOString() ?? null,
  reason: row.rejectionReason,
});

/** Lists changes of approved details, newest first. */
export async function listChanges(input: ListChanges) {
  const { status, limit } = input;
  const list = listOf("doctor changes", input);
  const [before] = decodeCursor(list, ([id]) => isUuid(id)) ?? [];
  const rows = await db.doctorChange.findMany({
    where: { status, ...(typeof before === "string" && { id: { lt: before } }) },
    include,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  return toPage(rows, list, toChange, (row) => [row.id]);
}

/** Reads one change. @throws NOT_FOUND. */
export async function getChange(id: string, tx: Tx): Promise<ChangeView> {
  const row = await tx.doctorChange.findUnique({ where: { id }, include });
  if (!row) throw new AppError("NOT_FOUND");
  return toChange(row);
}
