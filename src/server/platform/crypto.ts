import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { env } from "@/env";

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a ciphertext lives. It is bound in, so a ciphertext moved elsewhere does not open. */
export type Place = { table: string; column: string; rowId: string; ownerId: string };

const associated = (place: Place, keyVersion: number) =>
  Buffer.from(
    JSON.stringify([place.table, place.column, place.rowId, place.ownerId, keyVersion]),
    "utf8",
  );

/** AES-256-GCM: version byte, 12-byte random IV, 16-byte tag, ciphertext. */
export function seal(key: Buffer, plain: Buffer, place: Place, keyVersion = FORMAT): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(place, keyVersion));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), body]);
}

/** Opens what `seal` made. @throws when the key, the place or any byte is another. */
export function open(key: Buffer, sealed: Uint8Array, place: Place, keyVersion = FORMAT): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const start = 1 + IV_BYTES + TAG_BYTES;
  if (bytes.length < start || bytes[0] !== FORMAT) throw new Error("not a ciphertext of ours");
  // The length is given because Node 20 accepts a 4-byte tag otherwise.
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, 1 + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated(place, keyVersion));
  decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, start));
  return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
}

/** The key-encryption key of a version. @throws when the keyring lacks it. */
export function keyEncryptionKey(version: number): Buffer {
  const key = env.ENCRYPTION_KEYS.keys.get(version);
  if (!key) throw new Error(`ENCRYPTION_KEYS lacks version ${version}`);
  return key;
}

/** The version that new data keys are wrapped under. */
export const currentKeyVersion = (): number => env.ENCRYPTION_KEYS.current;

/** A key for one purpose of the system's own (not a person's), derived from a key-encryption key. */
export function systemKey(purpose: string, version: number): Buffer {
  return Buffer.from(hkdfSync("sha256", keyEncryptionKey(version), "", purpose, 32));
}

/** SHA-256, for tokens that are random already and for request bodies. */
export const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
