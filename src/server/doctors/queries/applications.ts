import type { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isUuid, listOf, toPage } from "../../platform/page";
import type { Tx } from "../../platform/transaction";
import type { ApplicationView, ListApplications } from "../schema";

type Row = Prisma.DoctorGetPayload<object>;

/** A date of the database as YYYY-MM-DD. */
export const dayOf = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;

/** What applicants, doctors and admins see of a doctor's row. */
export const toOwnView = (row: Row) => ({
  id: row.id,
  name: row.name,
  gender: row.gender,
  specializations: row.specializations,
  languages: row.languages,
  qualifications: row.qualifications,
  fee: { amount: row.feeAmount, currency: "INR" as const },
  yearsOfExperience: row.yearsOfExperience,
  registrationNumber: row.registrationNumber,
  bio: row.bio,
  timezone: row.timezone,
  council: row.council,
  registrationExpiresOn: dayOf(row.registrationExpiresOn),
});

const include = { user: { select: { email: true } } } as const;

const toApplication = (
  row: Prisma.DoctorGetPayload<{ include: typeof include }>,
): ApplicationView => ({
  ...toOwnView(row),
  status: row.status,
  rejectionReason: row.rejectionReason,
  email: row.user.email,
  createdAt: row.createdAt.toISOString(),
});

/** Lists applications of every status, newest first. */
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
  return toPage(rows, list, toApplication, (row) => [row.id]);
}

/** Reads a person's own application. Returns null if the person never applied. */
export async function getOwnApplication(userId: string): Promise<ApplicationView | null> {
  const row = await db.doctor.findUnique({ where: { userId }, include });
  return row && toApplication(row);
}

/** Reads one application. @throws NOT_FOUND. */
export async function getApplication(id: string, tx: Tx): Promise<ApplicationView> {
  const row = await tx.doctor.findUnique({ where: { id }, include });
  if (!row) throw new AppError("NOT_FOUND");
  return toApplication(row);
}
