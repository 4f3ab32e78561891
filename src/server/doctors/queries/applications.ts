import type { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isUuid, listOf, toPage } from "../../platform/page";
import type { Tx } from "../../platform/transaction";
import type { ApplicationView, ListApplications } from "../schema";

const include = { user: { select: { email: true } } } as const;
type Row = Prisma.DoctorGetPayload<{ include: typeof include }>;

const toView = (row: Row): ApplicationView => ({
  id: row.id,
  name: row.name,
  gender: row.gender,
  specializations: row.specializations,
  languages: row.languages,
  fee: { amount: row.feeAmount, currency: "INR" },
  yearsOfExperience: row.yearsOfExperience,
  registrationNumber: row.registrationNumber,
  bio: row.bio,
  timezone: row.timezone,
  status: row.status,
  council: row.council,
  registrationExpiresOn: row.registrationExpiresOn?.toISOString().slice(0, 10) ?? null,
  rejectionReason: row.rejectionReason,
  email: row.user.email,
  createdAt: row.createdAt.toISOString(),
});

/** Doctors and those who want to be, newest first. */
export async function listApplications(input: ListApplications) {
  const { status, limit } = input;
  const list = listOf("applications", input);
  const [before] = decodeCursor(list, ([id]) => isUuid(id)) ?? [];
  const rows = await db.doctor.findMany({
    where: { status, ...(typeof before === "string" && { id: { lt: before } }) },
    include,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  return toPage(rows, list, toView, (row) => [row.id]);
}

/** A person's own application; null where they never sent one. */
export async function getOwnApplication(userId: string): Promise<ApplicationView | null> {
  const row = await db.doctor.findUnique({ where: { userId }, include });
  return row && toView(row);
}

/** One doctor's file. @throws NOT_FOUND. */
export async function getApplication(id: string, tx: Tx): Promise<ApplicationView> {
  const row = await tx.doctor.findUnique({ where: { id }, include });
  if (!row) throw new AppError("NOT_FOUND");
  return toView(row);
}
