import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { env } from "@/env";

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The place of a ciphertext. It is authenticated, so a ciphertext in another place does not decrypt. */
export type Place = { table: string; column: string; rowId: string; ownerId: string };

const associated = (place: Place, keyVersion: number) =>
  Buffer.from(
    JSON.stringify([place.table, place.column, place.rowId, place.ownerId, keyVersion]),
    "utf8",
  );

/** Encrypts with AES-256-GCM. The result is a version byte, a random 12-byte IV, the 16-byte tag, and the ciphertext. */
export function seal(key: Buffer, plain: Buffer, place: Place, keyVersion = FORMAT): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(place, keyVersion));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), body]);
}

/** Decrypts what `seal` returned. @throws if the key, the place or any byte differs. */
export function open(key: Buffer, sealed: Uint8Array, place: Place, keyVersion = FORMAT): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const start = 1 + IV_BYTES + TAG_BYTES;
  if (bytes.length < start || bytes[0] !== FORMAT) throw new Error("not a ciphertext of this app");
  // Node 20 accepts a 4-byte tag unless the length is given.
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, 1 + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated(place, keyVersion));
  decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, start));
  return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
}

/** Returns the key-encryption key of a version. @throws if the keyring lacks it. */
export function keyEncryptionKey(version: number): Buffer {
  const key = env.ENCRYPTION_KEYS.keys.get(version);
  if (!key) throw new Error(`ENCRYPTION_KEYS lacks version ${version}`);
  return key;
}

/** Returns the version of the key that encrypts new data keys. */
export const currentKeyVersion = (): number => env.ENCRYPTION_KEYS.current;

/** Derives a key for one purpose of the system, not of a person, from a key-encryption key. */
export function systemKey(purpose: string, version: number): Buffer {
  return Buffer.from(hkdfSync("sha256", keyEncryptionKey(version), "", purpose, 32));
}

/** Returns the SHA-256 of random tokens or request bodies. Guessable inputs need a keyed hash instead. */
export const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
