import { createCipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { open, type Place, seal, sha256 } from "@/server/platform/crypto";

const KEY = randomBytes(32);
const PLACE: Place = { table: "profiles", column: "phone", rowId: "row-1", ownerId: "person-1" };
const PLAIN = Buffer.from("+91 98000 00001");

/** version, IV, tag, text */
const TAG_AT = 1 + 12;
const TEXT_AT = TAG_AT + 16;

describe("a ciphertext", () => {
  test("opens where it was made", () => {
    expect(open(KEY, seal(KEY, PLAIN, PLACE), PLACE)).toEqual(PLAIN);
    expect(open(KEY, seal(KEY, Buffer.alloc(0), PLACE), PLACE)).toHaveLength(0);
    expect(open(KEY, seal(KEY, PLAIN, PLACE, 7), PLACE, 7)).toEqual(PLAIN);
  });

  test("opens from a view into a larger buffer, as a driver may hand it over", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    const padded = Buffer.concat([randomBytes(9), sealed, randomBytes(9)]);
    expect(
      open(KEY, new Uint8Array(padded.buffer, padded.byteOffset + 9, sealed.length), PLACE),
    ).toEqual(PLAIN);
  });

  test("is another every time and shows nothing of the text", () => {
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
  ])("moved to another %s does not open", (_what, moved) => {
    const sealed = seal(KEY, PLAIN, PLACE);
    expect(() => open(KEY, sealed, { ...PLACE, ...moved })).toThrow();
  });

  test("names that run into each other are still told apart", () => {
    const sealed = seal(KEY, PLAIN, { ...PLACE, table: "a", column: "bc" });
    expect(() => open(KEY, sealed, { ...PLACE, table: "ab", column: "c" })).toThrow();
  });

  test("does not open with another key or under another key version", () => {
    const sealed = seal(KEY, PLAIN, PLACE, 2);
    expect(() => open(randomBytes(32), sealed, PLACE, 2)).toThrow();
    expect(() => open(KEY, sealed, PLACE, 3)).toThrow();
  });

  test("does not open with any one bit turned", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    for (let byte = 0; byte < sealed.length; byte++) {
      const turned = Buffer.from(sealed);
      turned.writeUInt8(turned.readUInt8(byte) ^ 1, byte);
      expect(() => open(KEY, turned, PLACE)).toThrow();
    }
  });

  test("does not open when cut short anywhere", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(KEY, sealed.subarray(0, length), PLACE)).toThrow();
    }
  });

  test("with a tag of 4 bytes is refused, though Node 20 would take it by default", () => {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", KEY, iv, { authTagLength: 4 });
    cipher.setAAD(Buffer.from(JSON.stringify([...Object.values(PLACE), 1])));
    const text = Buffer.concat([cipher.update(PLAIN), cipher.final()]);
    const short = Buffer.concat([Buffer.from([1]), iv, cipher.getAuthTag(), text]);
    expect(() => open(KEY, short, PLACE)).toThrow();
  });

  test("of another format is refused before anything is tried", () => {
    const sealed = seal(KEY, PLAIN, PLACE);
    sealed.writeUInt8(2, 0);
    expect(() => open(KEY, sealed, PLACE)).toThrow("not a ciphertext of ours");
    expect(() => open(KEY, Buffer.alloc(0), PLACE)).toThrow("not a ciphertext of ours");
  });
});

test("sha256 is SHA-256", () => {
  expect(sha256("abc").toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
