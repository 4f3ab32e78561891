import type { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isUuid, listOf, toPage } from "../../platform/page";
import type { Tx } from "../../platform/transaction";
import type { ListUsers, User } from "../schema";

const include = { totpFactor: { select: { confirmedAt: true } } } as const;
type Row = Prisma.UserGetPayload<{ include: typeof include }>;

const toUser = (row: Row): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  status: row.status,
  createdAt: row.createdAt.toISOString(),
  mfaEnabled: Boolean(row.totpFactor?.confirmedAt),
});

/** Lists accounts, newest first. Filters by a part of the name or address, by role and by status. */
export async function listUsers(input: ListUsers) {
  const { q, role, status, limit } = input;
  const list = listOf("users", input);
  const [before] = decodeCursor(list, ([id]) => isUuid(id)) ?? [];
  const like = q ? { contains: q, mode: "insensitive" as const } : undefined;
  const rows = await db.user.findMany({
    where: {
      role,
      status,
      ...(like && { OR: [{ name: like }, { email: like }] }),
      ...(typeof before === "string" && { id: { lt: before } }),
    },
    include,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  return toPage(rows, list, toUser, (row) => [row.id]);
}

/** Reads an account for an admin. @throws NOT_FOUND. */
export async function getUser(id: string, tx: Tx = db): Promise<User> {
  const row = await tx.user.findUnique({ where: { id }, include });
  if (!row) throw new AppError("NOT_FOUND");
  return toUser(row);
}
