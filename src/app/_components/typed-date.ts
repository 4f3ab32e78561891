import { Temporal } from "temporal-polyfill";
import { z } from "zod";

// The only place that reads a date which somebody typed. The day always comes first, as pages show it,
// whatever the language of the browser: "09/03/1984" is 9 March.

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

/** A date as YYYY-MM-DD, or why the text is none, as a sentence for people. */
export type TypedDate = { day: string } | { problem: string };

/** 1 to 12; 0 where the name is no month's. Three letters are enough. */
function monthOf(name: string): number {
  return name.length < 3 ? 0 : MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

/** Devanagari digits are typed on Indian keyboards as well. */
const plainDigits = (text: string): string =>
  text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - "०".charCodeAt(0)));

/** Day, month and year as they were written; null where the text has another form. */
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

/** Reads a date that somebody typed. Text that could mean two days is never guessed at. */
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

/** The day of a text that was checked before; null for none. */
export function dayOf(typed: string): string | null {
  const read = readDate(typed);
  return "day" in read ? read.day : null;
}

/** The last day that the server takes. */
export const LAST_DAY = "2199-12-31";

type Bound = { day: string; message: string };

/**
 * The check of a form's field whose value is what was typed.
 * @param missing what to say where the field is empty; without it, empty is allowed.
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
