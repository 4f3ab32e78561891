import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { openTexts } from "../../platform/phi";
import type { Tx } from "../../platform/transaction";
import type { Me } from "../schema";

type Sealed = {
  phone: Uint8Array | null;
  dateOfBirth: Uint8Array | null;
  gender: Uint8Array | null;
};

/** Decrypts the personal fields of profiles. The caller must be allowed to see them. */
export async function openProfiles(
  profiles: Array<Sealed & { userId: string }>,
  tx: Tx = db,
): Promise<
  Map<string, { phone: string | null; dateOfBirth: string | null; gender: string | null }>
> {
  const item = (profile: { userId: string }, column: string, sealed: Uint8Array | null) => ({
    place: { table: "profiles", column, rowId: profile.userId, ownerId: profile.userId },
    sealed,
  });
  const texts = await openTexts(
    profiles.flatMap((profile) => [
      item(profile, "phone", profile.phone),
      item(profile, "date_of_birth", profile.dateOfBirth),
      item(profile, "gender", profile.gender),
    ]),
    tx,
  );
  return new Map(
    profiles.map((profile, index) => [
      profile.userId,
      {
        phone: texts[index * 3] ?? null,
        dateOfBirth: texts[index * 3 + 1] ?? null,
        gender: texts[index * 3 + 2] ?? null,
      },
    ]),
  );
}

/** Reads the caller's own account. */
export async function getMe(userId: string, tx: Tx = db): Promise<Me> {
  const user = await tx.user.findUnique({
    where: { id: userId },
    include: { profile: true, doctor: { select: { id: true } }, totpFactor: true },
  });
  if (!user?.profile) throw new AppError("NOT_FOUND");
  const personal = (await openProfiles([user.profile], tx)).get(userId);
  return {
    id: user.id,
    email: user.email,
    role: user.role,
    name: user.name,
    phone: personal?.phone ?? null,
    dateOfBirth: personal?.dateOfBirth ?? null,
    gender: (personal?.gender ?? null) as Me["gender"],
    timezone: user.profile.timezone,
    doctorId: user.doctor?.id ?? null,
    mfaEnabled: Boolean(user.totpFactor?.confirmedAt),
  };
}
