import { z } from "zod";

/** Schemas that all domains share: ids, instants, money, pages. */
export const id = z.uuid();

/** Accepts the years 1900 to 2199. */
function isInCalendar(text: string): boolean {
  const time = Date.parse(text);
  return time > Date.UTC(1900, 0) && time < Date.UTC(2200, 0);
}

/**
 * An instant as input: ISO 8601 with an offset or `Z`. It is normalised to UTC with milliseconds, since
 * ISO 8601 allows offsets and fractions that PostgreSQL does not.
 */
export const instantInput = z.iso
  .datetime({ offset: true })
  .refine(isInCalendar, "out of range")
  .transform((text) => new Date(text).toISOString());

/** The clinic's time zone. Its calendar decides what "today" is for dates of birth and for counts. */
export const CLINIC_ZONE = "Asia/Kolkata";

/** Returns the clinic's calendar day of an instant, as YYYY-MM-DD. */
export const clinicDay = (at: Date): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: CLINIC_ZONE }).format(at);

/** A date without a time as input. */
export const dateInput = z.iso.date().refine(isInCalendar, "out of range");

/** An instant as output: ISO 8601 in UTC with `Z`. */
export const instant = z.iso.datetime();

export const money = z.object({
  /** Minor units (paise). */
  amount: z.int(),
  currency: z.literal("INR"),
});

/** Trimmed text without lone surrogates and without NUL, which PostgreSQL refuses. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((value) => !value.includes("\0") && value.isWellFormed(), "unprintable characters");

/** Control characters, line breaks and marks that change the direction of text. Not the joiners that Indic scripts need. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Text that mail programs show as a link. "Md.Ali" and "S/O Ram" are names. */
const LINK =
  /:\/\/|\/\/|www\.|@|[\p{L}\d-]\.(com|net|org|info|biz|io|co|in|app|dev|xyz|ru|cn|me|ly|to|link|site|online|shop|store|top|club|test|example)\b/iu;

/** A person's name. Mails and pages show it, so it is one line without a link. */
export const personName = text(100)
  .min(1)
  .refine((name) => !INVISIBLE.test(name) && !LINK.test(name), "a name has one line and no link");

export const timezone = z.string().max(64).refine(isTimezone, "not an IANA time zone");

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Counts the changes of something that people edit. A caller who sends the version that was read overwrites no later change. */
export const version = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** Reads the version from an If-Match header: `3` or `"3"`. Returns -1, which no row has, for anything else. */
export function versionOf(ifMatch: string | null): number | undefined {
  if (ifMatch === null || ifMatch.trim() === "*") return undefined;
  const [, digits] = /^"?(\d{1,9})"?$/.exec(ifMatch.trim()) ?? [];
  return digits === undefined ? -1 : Number(digits);
}

/** The maximum number of calls in one tRPC batch. The browser splits longer ones. */
export const MAX_BATCH_SIZE = 10;

/** The input of every list: the page size, and the cursor of the next page. */
export const pageInput = z.object({
  limit: z.int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const ok = z.object({ ok: z.literal(true) });
