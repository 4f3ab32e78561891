import { createCipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { open, type Place, seal, sha256 } from "@/server/platform/crypto";

const KEY = randomBytes(32);
const PLACE: Place = { table: "profiles", column: "phone", rowId: "row-1", ownerId: "person-1" };
const PLAIN = Buffer.from("+91 98000 00001");

/** The format is: version (1 byte), IV (12), tag (16), encrypted text. */
const TAG_AT = 1 + 12;
const TEXT_AT = TAG_AT + 16;

describe("a ciphertext", () => {
  test("can be decrypted in the place that it was encrypted for", () => {
    expect(open(KEY, seal(KEY, PLAIN, PLACE), PLACE)).toEqual(PLAIN);
    expect(open(KEY, seal(KEY, Buffer.alloc(0), PLACE), PLACE)).toHaveLength(0);
    expect(open(KEY, seal(KEY, PLAIN, PLACE, 7), PLACE, 7)).toEqual(PLAIN);
  });

  test("can be decrypted from a view into a larger buffer, as a driver may return it", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    const padded = Buffer.concat([randomBytes(9), sealed, randomBytes(9)]);
    expect(
      open(KEY, new Uint8Array(padded.buffer, padded.byteOffset + 9, sealed.length), PLACE),
    ).toEqual(PLAIN);
  });

  test("is different each time and does not contain the text", () => {
    const [first, second] = [seal(KEY, PLAIN, PLACE), seal(KEY, PLAIN, PLACE)];
    expect(first).not.toEqual(second);
    expect(first.includes(PLAIN)).toBe(false);
    expect(first).toHaveLength(TEXT_AT + PLAIN.length);
  });

  test.each<[string, Partial<Place>]>([
    ["table", { table: "bookings" }],
    ["column", { column: "gender" }],
    ["row", { rowId: "row-2" }],
    ["owner", { ownerId: "person-2" }],
  ])("cannot be decrypted after it was moved to another %s", (_what, moved) => {
    const sealed = seal(KEY, PLAIN, PLACE);
    expect(() => open(KEY, sealed, { ...PLACE, ...moved })).toThrow();
  });

  test("distinguishes table and column names that are equal when joined", () => {
    const sealed = seal(KEY, PLAIN, { ...PLACE, table: "a", column: "bc" });
    expect(() => open(KEY, sealed, { ...PLACE, table: "ab", column: "c" })).toThrow();
  });

  test("cannot be decrypted with another key or another key version", () => {
    const sealed = seal(KEY, PLAIN, PLACE, 2);
    expect(() => open(randomBytes(32), sealed, PLACE, 2)).toThrow();
    expect(() => open(KEY, sealed, PLACE, 3)).toThrow();
  });

  test("cannot be decrypted if one bit of any byte is changed", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    for (let byte = 0; byte < sealed.length; byte++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(byte) ^ 1, byte);
      expect(() => open(KEY, changed, PLACE)).toThrow();
    }
  });

  test("cannot be decrypted if it is truncated at any length", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(KEY, sealed.subarray(0, length), PLACE)).toThrow();
    }
  });

  test("with a tag of 4 bytes is refused, although Node 20 accepts it by default", () => {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", KEY, iv, { authTagLength: 4 });
    cipher.setAAD(Buffer.from(JSON.stringify([...Object.values(PLACE), 1])));
    const text = Buffer.concat([cipher.update(PLAIN), cipher.final()]);
    const short = Buffer.concat([Buffer.from([1]), iv, cipher.getAuthTag(), text]);
    expect(() => open(KEY, short, PLACE)).toThrow();
  });

  test("of another format version is refused before it is decrypted", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    sealed.writeUInt8(2, 0);
    expect(() => open(KEY, sealed, PLACE)).toThrow("not a ciphertext of this app");
    expect(() => open(KEY, Buffer.alloc(0), PLACE)).toThrow("not a ciphertext of this app");
  });
});

test("sha256 computes the known SHA-256 hash of a text", () => {
  expect(sha256("abc").toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
