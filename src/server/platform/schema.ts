import { z } from "zod";

/** Shapes that every domain's schema shares: ids, instants, money, pages. */
export const id = z.uuid();

/** The years that a calendar is used for. */
function isInCalendar(text: string): boolean {
  const time = Date.parse(text);
  return time > Date.UTC(1900, 0) && time < Date.UTC(2200, 0);
}

/**
 * An instant on the way in: ISO 8601 with an offset or `Z`. It goes on in the one form that the
 * database surely reads, since ISO 8601 allows offsets and fractions which PostgreSQL does not.
 */
export const instantInput = z.iso
  .datetime({ offset: true })
  .refine(isInCalendar, "out of range")
  .transform((text) => new Date(text).toISOString());

/** Where the clinic is: its calendar decides what "today" is for people's birthdays and for counts. */
export const CLINIC_ZONE = "Asia/Kolkata";

/** The clinic's calendar day of an instant, as YYYY-MM-DD. */
export const clinicDay = (at: Date): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: CLINIC_ZONE }).format(at);

/** A plain date on the way in. */
export const dateInput = z.iso.date().refine(isInCalendar, "out of range");

/** An instant on the way out: ISO 8601 in UTC with `Z`. */
export const instant = z.iso.datetime();

export const money = z.object({
  /** Minor units (paise). */
  amount: z.int(),
  currency: z.literal("INR"),
});

/** Text: trimmed, without NUL (which PostgreSQL refuses) and lone surrogates. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((value) => !value.includes("\0") && value.isWellFormed(), "unprintable characters");

/** Controls, line breaks and signs that turn text around; not the joiners that Indic scripts write with. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** What mail programs make a link of. "Md.Ali" and "S/O Ram" are names. */
const LINK =
  /:\/\/|\/\/|www\.|@|[\p{L}\d-]\.(com|net|org|info|biz|io|co|in|app|dev|xyz|ru|cn|me|ly|to|link|site|online|shop|store|top|club|test|example)\b/iu;

/** A person's name. It is written in mails and pages, so it holds one line and no link. */
export const personName = text(100)
  .min(1)
  .refine((name) => !UNSEEN.test(name) && !LINK.test(name), "a name has one line and no link");

export const timezone = z.string().max(64).refine(isTimezone, "not an IANA time zone");

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** How many calls one batch of tRPC may hold; the browser splits longer ones. */
export const BATCH_LIMIT = 10;

/** What every list takes. */
export const pageInput = z.object({
  limit: z.int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const ok = z.object({ ok: z.literal(true) });
