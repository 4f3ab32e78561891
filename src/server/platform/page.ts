import { createHash } from "node:crypto";
import { AppError } from "./errors";

type Asked = { limit: number; cursor?: string };
/** A list as it was asked for. Its tag is in its cursors, so that another list refuses them. */
export type List = Asked & { tag: string };

const TAG_LENGTH = 8;

/** A list by its name, and by the order and the filters that it was asked for with. */
export function listOf(name: string, { limit, cursor, ...asked }: Asked): List {
  const hash = createHash("sha256").update(JSON.stringify([name, asked]));
  return { tag: hash.digest("base64url").slice(0, TAG_LENGTH), limit, cursor };
}

/** A cursor is the list's tag and the sort key of the last row, opaque to the caller. */
export function encodeCursor({ tag }: List, key: Array<string | number | null>): string {
  return Buffer.from(JSON.stringify([tag, ...key])).toString("base64url");
}

/** The key that a list was asked to go on after. @throws INVALID_INPUT for a cursor of another list. */
export function decodeCursor(
  { tag, cursor }: List,
  isKey: (key: unknown[]) => boolean,
): unknown[] | null {
  if (cursor === undefined) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const [itsTag, ...key] = Array.isArray(parts) ? parts : [];
    if (itsTag === tag && isKey(key)) return key;
  } catch {
    // Falls through to the refusal: what was wrong with it helps nobody.
  }
  throw new AppError("INVALID_INPUT");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a value of a cursor's key is an id. */
export const isUuid = (value: unknown): value is string =>
  typeof value === "string" && UUID.test(value);

/** Whether a value of a cursor's key is an instant, in the one form that we write. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== "string" || !/^(?!0000)\d{4}-/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

/** Whether a value of a cursor's key fits an integer column. */
export const isInteger = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;

/** Cuts a list that was read one row too long into a page. */
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
