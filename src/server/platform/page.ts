import { AppError } from "./errors";

/** A cursor is the sort key of the last row, opaque to the caller. */
export function encodeCursor(key: Array<string | number | null>): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** @throws INVALID_INPUT for a cursor that we did not make for this list. */
export function decodeCursor(
  cursor: string | undefined,
  isKey: (key: unknown[]) => boolean,
): unknown[] | null {
  if (cursor === undefined) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(key) && isKey(key)) return key;
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
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => Array<string | number | null>,
): { items: Item[]; nextCursor: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(toItem),
    nextCursor: last ? encodeCursor(keyOf(last)) : null,
  };
}
