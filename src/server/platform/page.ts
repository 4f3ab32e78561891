import { createHash } from "node:crypto";
import { AppError } from "./errors";

type PageInput = { limit: number; cursor?: string };
/** A requested list. Its tag is part of its cursors, so that another list refuses them. */
export type List = PageInput & { tag: string };

const TAG_LENGTH = 8;

/** Describes a list by its name, and by the filters and the order in the input. */
export function listOf(name: string, { limit, cursor, ...filters }: PageInput): List {
  const hash = createHash("sha256").update(JSON.stringify([name, filters]));
  return { tag: hash.digest("base64url").slice(0, TAG_LENGTH), limit, cursor };
}

/** Builds the cursor after a row: the list's tag and the row's sort key. Opaque to the caller. */
export function encodeCursor({ tag }: List, key: Array<string | number | null>): string {
  return Buffer.from(JSON.stringify([tag, ...key])).toString("base64url");
}

/**
 * Returns the sort key in the cursor of a request, or null for the first page.
 * @throws INVALID_INPUT for a cursor of another list.
 */
export function decodeCursor(
  { tag, cursor }: List,
  isKey: (key: unknown[]) => boolean,
): unknown[] | null {
  if (cursor === undefined) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const [cursorTag, ...key] = Array.isArray(parts) ? parts : [];
    if (cursorTag === tag && isKey(key)) return key;
  } catch {
    // Not a cursor: refused below.
  }
  throw new AppError("INVALID_INPUT");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a value of a cursor's key is an id. */
export const isUuid = (value: unknown): value is string =>
  typeof value === "string" && UUID.test(value);

/** Whether a value of a cursor's key is an instant, as `toISOString` writes it. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== "string" || !/^(?!0000)\d{4}-/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

/** Whether a value of a cursor's key fits an integer column, and its negative too. */
export const isInteger = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;

/** Makes a page of rows that were read with one row more than the page size. */
export function toPage<Row, Item>(
  rows: Row[],
  list: List,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => Array<string | number | null>,
): { items: Item[]; nextCursor: string | null } {
  const { limit } = list;
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(toItem),
    nextCursor: last ? encodeCursor(list, keyOf(last)) : null,
  };
}
