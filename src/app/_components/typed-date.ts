import { Temporal } from "temporal-polyfill";
import { z } from "zod";

// Only this file parses typed dates. The day always comes first, as on all pages, and the browser's
// language does not matter: "09/03/1984" is 9 March.

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

const FORMAT = "Please write day, month and year, like 9 March 1984 or 09/03/1984";
const SHORT_YEAR = "Please write the year with four digits";
const NO_SUCH_DAY = "There is no such day. The day comes first, then the month";

/** A date as YYYY-MM-DD, or a text for the user that says why it is not a date. */
export type TypedDate = { day: string } | { problem: string };

/** Returns the month 1–12 of a name, which needs at least three letters; 0 if there is no such month. */
function monthOf(name: string): number {
  return name.length < 3 ? 0 : MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

/** Converts Devanagari digits, which Indian keyboards can type. */
const plainDigits = (text: string): string =>
  text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - "०".charCodeAt(0)));

/** Splits a text into day, month and year; null if it has another form. */
function partsOf(text: string): { day: string; month: number; year: string } | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return { day: iso[3] ?? "", month: Number(iso[2]), year: iso[1] ?? "" };
  const digits = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d+)$/.exec(text);
  if (digits) return { day: digits[1] ?? "", month: Number(digits[2]), year: digits[3] ?? "" };
  const named = /^(\d{1,2})(?:st|nd|rd|th)?[-. ]?([a-z]+)[-., ]+(\d+)$/.exec(text);
  if (named) return { day: named[1] ?? "", month: monthOf(named[2] ?? ""), year: named[3] ?? "" };
  const monthFirst = /^([a-z]+) (\d{1,2})(?:st|nd|rd|th)?[, ]+(\d+)$/.exec(text);
  if (!monthFirst) return null;
  const [, month = "", day = "", year = ""] = monthFirst;
  return { day, month: monthOf(month), year };
}

/** Parses a typed date. It never guesses: a text that could mean two dates is a problem. */
export function readDate(typed: string): TypedDate {
  const text = plainDigits(typed)
    .trim()
    .toLowerCase()
    .replace(/\s*([/.,-])\s*/g, "$1")
    .replace(/\s+/g, " ");
  const parts = partsOf(text);
  if (!parts) return { problem: FORMAT };
  if (parts.year.length !== 4) return { problem: SHORT_YEAR };
  const { month } = parts;
  const [day, year] = [Number(parts.day), Number(parts.year)];
  try {
    return {
      day: Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" }).toString(),
    };
  } catch {
    return { problem: NO_SUCH_DAY };
  }
}

/** Returns the date of a typed text as YYYY-MM-DD; null if the text is not a date. */
export function dayOf(typed: string): string | null {
  const read = readDate(typed);
  return "day" in read ? read.day : null;
}

/** The last date that the server accepts. */
export const LAST_DAY = "2199-12-31";

type Bound = { day: string; message: string };

/**
 * Returns a schema for a form field that holds a typed date.
 * @param check.missing the message for an empty field; without it the field may be empty.
 */
export function typedDate(check: { from: Bound; to: Bound; missing?: string }) {
  const problemOf = (text: string): string | null => {
    if (text.trim() === "") return check.missing ?? null;
    const read = readDate(text);
    if ("problem" in read) return read.problem;
    if (read.day < check.from.day) return check.from.message;
    return read.day > check.to.day ? check.to.message : null;
  };
  return z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message) context.addIssue({ code: "custom", message });
  });
}
