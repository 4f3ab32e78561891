import { describe, expect, test } from "vitest";
import { AppError } from "@/server/platform/errors";
import {
  decodeCursor,
  encodeCursor,
  isInstant,
  isInteger,
  isUuid,
  listOf,
  toPage,
} from "@/server/platform/page";

const ID = "01939d3e-7a1b-7c2d-8e3f-4a5b6c7d8e9f";
const list = (cursor?: string, asked: object = {}) =>
  listOf("tests", { limit: 2, cursor, ...asked });

describe("a cursor", () => {
  test("decodes to the same key, and contains only characters that are safe in a URL", () => {
    for (const key of [
      [null, ID],
      [50_000, ID],
      ["Ünal, Dr. “Ö” 🩺", ID],
    ]) {
      const cursor = encodeCursor(list(), key);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(decodeCursor(list(cursor), () => true)).toEqual(key);
    }
  });

  test("that is absent means the beginning of the list", () => {
    expect(decodeCursor(list(), () => false)).toBeNull();
  });

  test.each([
    ["empty", ""],
    ["not base64", "%%%"],
    ["not JSON", Buffer.from("{").toString("base64url")],
    ["not a key", Buffer.from('{"id":1}').toString("base64url")],
    ["without a tag", Buffer.from(JSON.stringify([ID])).toString("base64url")],
    ["with another key", encodeCursor(list(), ["elsewhere"])],
    ["of another list", encodeCursor(listOf("others", { limit: 2 }), [ID])],
    ["of another order", encodeCursor(list(undefined, { sort: "fee" }), [ID])],
    ["of another filter", encodeCursor(list(undefined, { status: "PENDING" }), [ID])],
  ])("that is %s is refused", (_what, cursor) => {
    const read = () => decodeCursor(list(cursor), ([id]) => isUuid(id));
    expect(read).toThrow(new AppError("INVALID_INPUT"));
  });

  test("stays valid with another page size", () => {
    const cursor = encodeCursor(list(), [ID]);
    expect(decodeCursor(listOf("tests", { limit: 50, cursor }), ([id]) => isUuid(id))).toEqual([
      ID,
    ]);
  });
});

describe("a value in a cursor", () => {
  test.each([
    ["2026-11-21T12:00:00.000Z", true],
    ["2026-02-28T23:59:59.999Z", true],
    ["2026-02-31T00:00:00.000Z", false],
    ["0000-01-01T00:00:00.000Z", false],
    ["+012026-01-01T00:00:00.000Z", false],
    ["2026-11-21T12:00:00Z", false],
    ["2026-11-21", false],
    [1_700_000_000_000, false],
    [null, false],
  ])("such as %s is an instant: %s", (value, expected) => {
    expect(isInstant(value)).toBe(expected);
  });

  test.each([
    [0, true],
    [2_147_483_647, true],
    [-2_147_483_647, true],
    [2_147_483_648, false],
    [1.5, false],
    [Number.NaN, false],
    ["1", false],
  ])("such as %s fits into an integer column: %s", (value, expected) => {
    expect(isInteger(value)).toBe(expected);
  });

  test.each([
    [ID, true],
    [ID.toUpperCase(), false],
    [`${ID} `, false],
    ["", false],
    [7, false],
  ])("such as %j is an id: %s", (value, expected) => {
    expect(isUuid(value)).toBe(expected);
  });
});

describe("a page", () => {
  const page = (rows: number[]) =>
    toPage(
      rows,
      list(),
      (row) => `#${row}`,
      (row) => [row],
    );

  test("leaves out the extra row, and its cursor points behind the last returned row", () => {
    const { items, nextCursor } = page([1, 2, 3]);
    expect(items).toEqual(["#1", "#2"]);
    expect(decodeCursor(list(nextCursor ?? ""), () => true)).toEqual([2]);
  });

  test.each([[[]], [[1]], [[1, 2]]])("of %j is the last page", (rows: number[]) => {
    expect(page(rows)).toEqual({ items: rows.map((row) => `#${row}`), nextCursor: null });
  });
});
