import { randomBytes } from "node:crypto";
import { currentKeyVersion, keyEncryptionKey, open, type Place, seal } from "./crypto";
import { db } from "./db";
import type { Tx } from "./transaction";

const keyPlace = (userId: string): Place => ({
  table: "data_keys",
  column: "wrapped",
  rowId: userId,
  ownerId: userId,
});

/** Returns a new data key for a person, encrypted under the current key-encryption key. */
export function newDataKey(userId: string) {
  const kekVersion = currentKeyVersion();
  const sealed = seal(keyEncryptionKey(kekVersion), randomBytes(32), keyPlace(userId), kekVersion);
  return { wrapped: new Uint8Array(sealed), kekVersion };
}

/** Stores a new data key for a person, once, at sign-up. */
export async function createDataKey(tx: Tx, userId: string): Promise<void> {
  await tx.dataKey.create({ data: { userId, ...newDataKey(userId) } });
}

async function dataKey(tx: Tx, userId: string): Promise<Buffer | null> {
  const row = await tx.dataKey.findUnique({ where: { userId } });
  if (!row) return null;
  return open(keyEncryptionKey(row.kekVersion), row.wrapped, keyPlace(userId), row.kekVersion);
}

/** Encrypts personal or clinical text under its owner's data key. @throws if the key was destroyed. */
export async function sealText(
  tx: Tx,
  place: Place,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await dataKey(tx, place.ownerId);
  if (!key) throw new Error(`no data key for ${place.ownerId}`);
  return new Uint8Array(seal(key, Buffer.from(text, "utf8"), place));
}

/** Decrypts several ciphertexts. An item is null without a ciphertext, or if its owner's key was destroyed. */
export async function openTexts(
  items: Array<{ place: Place; sealed: Uint8Array | null }>,
  tx: Tx = db,
): Promise<Array<string | null>> {
  const owners = [...new Set(items.flatMap(({ place, sealed }) => (sealed ? place.ownerId : [])))];
  if (owners.length === 0) return items.map(() => null);
  const rows = await tx.dataKey.findMany({ where: { userId: { in: owners } } });
  const keys = new Map(
    rows.map((row) => [
      row.userId,
      open(keyEncryptionKey(row.kekVersion), row.wrapped, keyPlace(row.userId), row.kekVersion),
    ]),
  );
  return items.map(({ place, sealed }) => {
    const key = keys.get(place.ownerId);
    return key && sealed ? open(key, sealed, place).toString("utf8") : null;
  });
}

const BATCH = 200;

/**
 * Encrypts again every data key that is under an older key-encryption key, while the app runs. Each
 * update is conditional, so that two runs do not conflict. The data keys themselves do not change.
 * @returns the current version, and how many data keys were encrypted again.
 */
export async function rewrapDataKeys(): Promise<{ version: number; rewrapped: number }> {
  const version = currentKeyVersion();
  let rewrapped = 0;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const rows = await db.dataKey.findMany({
      where: { kekVersion: { not: version }, userId: { gt: after } },
      orderBy: { userId: "asc" },
      take: BATCH,
    });
    for (const { userId, wrapped, kekVersion } of rows) {
      const key = open(keyEncryptionKey(kekVersion), wrapped, keyPlace(userId), kekVersion);
      const wrappedAgain = seal(keyEncryptionKey(version), key, keyPlace(userId), version);
      const { count } = await db.dataKey.updateMany({
        where: { userId, kekVersion },
        data: { wrapped: new Uint8Array(wrappedAgain), kekVersion: version },
      });
      rewrapped += count;
      after = userId;
    }
    if (rows.length < BATCH) return { version, rewrapped };
  }
}
