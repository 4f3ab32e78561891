import { z } from "zod";
import {
  dateInput,
  id,
  instant,
  instantInput,
  page,
  pageInput,
  timezone,
  version,
} from "../platform/schema";
import { upcomingExceptions } from "./rules";

export const slot = z.object({
  id,
  doctorId: id,
  startsAt: instant,
  endsAt: instant,
  status: z.enum(["AVAILABLE", "HELD", "BOOKED"]),
});
export type Slot = z.infer<typeof slot>;
export const slotPage = page(slot);

export const listSlotsInput = pageInput.extend({
  doctorId: id,
  /** Default: now. */
  from: instantInput.optional(),
  /** Default: 14 days after `from`. */
  to: instantInput.optional(),
});
export type ListSlots = z.infer<typeof listSlotsInput>;

/** A month view shows at most six weeks. */
const MONTH_VIEW_DAYS = 42;
const DAY_MS = 86_400_000;

export const freeDaysInput = z
  .object({ doctorId: id, from: dateInput, to: dateInput, timezone })
  .refine(({ from, to }) => {
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    return days >= 1 && days <= MONTH_VIEW_DAYS;
  }, `give 1 to ${MONTH_VIEW_DAYS} days`);
export type FreeDaysInput = z.infer<typeof freeDaysInput>;

/** The calendar days with slots that can still be booked, and how many slots each has. */
export const freeDays = z.array(z.object({ date: z.iso.date(), free: z.int() }));

export const zoneInput = z.object({ timezone });

/** The offsets of a time zone by the server's zone data. Browsers show times with them (platform/zones). */
export const zone = z.object({
  zone: z.string(),
  from: z.number(),
  until: z.number(),
  periods: z.array(
    z.object({ from: z.number(), offset: z.int(), name: z.string().nullable(), short: z.string() }),
  ),
});

/** A slot as its doctor sees it. `fromRules` is false if the doctor opened it by hand. */
const ownSlot = slot.extend({ fromRules: z.boolean() });
export type OwnSlot = z.infer<typeof ownSlot>;
export const ownSlotPage = page(ownSlot);

export const listOwnSlotsInput = pageInput.extend({ from: instantInput, to: instantInput });
export type ListOwnSlots = z.infer<typeof listOwnSlotsInput>;

export const createSlotInput = z.object({ startsAt: instantInput, endsAt: instantInput });
export type CreateSlot = z.infer<typeof createSlotInput>;

export const slotInput = z.object({ slotId: id });

/** The bounds of hours. The editor offers only what the server accepts. */
export const LIMITS = {
  slotMinutes: { min: 5, max: 240 },
  bufferMinutes: { max: 240 },
  noticeMinutes: { max: 14 * 24 * 60 },
  horizonDays: { min: 1, max: 90, default: 30 },
  rulesPerDay: 10,
  /** Counts exceptions of today and later dates only. */
  exceptions: 200,
  /** Higher than `exceptions`, because a caller may also send past dates. They are not stored. */
  exceptionsSent: 1000,
  /** One transaction opens this many slots well within its timeout. */
  slots: 10_000,
} as const;

const slotMinutes = z.int().min(LIMITS.slotMinutes.min).max(LIMITS.slotMinutes.max);
const opening = z.object({
  start: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "give a time of day as HH:MM"),
  end: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "give a time of day as HH:MM, 24:00 for midnight"),
  slotMinutes,
  /** Free time after each slot. */
  bufferMinutes: z.int().min(0).max(LIMITS.bufferMinutes.max).optional(),
});
/** A part of a day, in local time, that is divided into slots. */
export type Opening = z.infer<typeof opening>;

/** Monday is 1, Sunday is 7. */
const rule = opening.extend({ weekday: z.int().min(1).max(7) });
export type Rule = z.infer<typeof rule>;

const date = z.iso
  .date()
  .refine((day) => day >= "2000-01-01" && day < "2200-01-01", "out of range");

/** The hours of one date, which replace the rules of its weekday; or a day off. */
const exception = z.discriminatedUnion("closed", [
  z.object({ date, closed: z.literal(true) }),
  opening.extend({ date, closed: z.literal(false).optional() }),
]);
export type Exception = z.infer<typeof exception>;

const hours = z.object({
  timezone,
  rules: z.array(rule).max(7 * LIMITS.rulesPerDay),
  exceptions: z.array(exception).max(LIMITS.exceptionsSent).default([]),
});
/** The part of a doctor's availability that determines the times of slots. */
export type Hours = z.infer<typeof hours>;

const availability = hours.extend({
  minimumNoticeMinutes: z.int().min(0).max(LIMITS.noticeMinutes.max).default(0),
  horizonDays: z
    .int()
    .min(LIMITS.horizonDays.min)
    .max(LIMITS.horizonDays.max)
    .default(LIMITS.horizonDays.default),
});
export type Availability = z.infer<typeof availability>;

const change = availability.extend({ version: version.optional() });
export type AvailabilityChange = z.infer<typeof change>;

export const setAvailabilityInput = change.superRefine((input, ctx) => {
  const { rules } = input;
  const problems = [
    ...openingProblems("rules", rules),
    ...overlapProblems("rules", "rule of this weekday", rules, ({ weekday }) => weekday),
    ...exceptionProblems(input),
    ...totalProblems(input),
  ];
  for (const found of problems) ctx.addIssue({ code: "custom", ...found });
});

type Problem = { path: Array<string | number>; message: string };
const problem = (message: string, ...path: Problem["path"]): Problem => ({ path, message });

/** The openings of exceptions; null in the place of a day off, so that the indices stay the same. */
const openingsOf = (exceptions: Exception[]) =>
  exceptions.map((exception) => (exception.closed ? null : exception));

function exceptionProblems(input: Hours): Problem[] {
  const { exceptions } = input;
  const openings = openingsOf(exceptions);
  const besideDayOff = exceptions.flatMap(({ date, closed }, index) => {
    const others = exceptions.slice(0, index).filter((other) => other.date === date);
    return others.some((other) => closed || other.closed)
      ? [problem("a day off can have no other exception", "exceptions", index)]
      : [];
  });
  // Zod runs this also if the time zone is invalid, and then the current date is unknown.
  const isZone = timezone.safeParse(input.timezone).success;
  const isTooMany = isZone && upcomingExceptions(input, new Date()).length > LIMITS.exceptions;
  const tooMany = `more than ${LIMITS.exceptions} dates that are still to come`;
  return [
    ...openingProblems("exceptions", openings),
    ...overlapProblems("exceptions", "exception of this date", openings, ({ date }) => date),
    ...besideDayOff,
    ...(isTooMany ? [problem(tooMany, "exceptions")] : []),
  ];
}

function totalProblems(input: Availability): Problem[] {
  const problems: Problem[] = [];
  if (input.minimumNoticeMinutes >= input.horizonDays * 24 * 60) {
    problems.push(problem("leaves nothing to book within the horizon", "minimumNoticeMinutes"));
  }
  const add = (total: number, range: Opening | null) => total + (range ? slotsIn(range) : 0);
  const ofRules = (input.rules.reduce(add, 0) * input.horizonDays) / 7;
  if (openingsOf(input.exceptions).reduce(add, ofRules) > LIMITS.slots) {
    const message = `makes more than ${LIMITS.slots} slots at once; choose fewer days`;
    problems.push(problem(message, "horizonDays"));
  }
  return problems;
}

/** Minutes after midnight of "HH:MM". */
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const slotsIn = ({ start, end, slotMinutes, bufferMinutes = 0 }: Opening): number =>
  (minutesOf(end) - minutesOf(start) + bufferMinutes) / (slotMinutes + bufferMinutes);

function openingProblems(field: string, openings: Array<Opening | null>): Problem[] {
  return openings.flatMap((opening, index) => {
    if (!opening) return [];
    const length = minutesOf(opening.end) - minutesOf(opening.start);
    if (length <= 0) return [problem("the end must be after the start", field, index)];
    return length < opening.slotMinutes ? [problem("is shorter than one slot", field, index)] : [];
  });
}

/** Finds the openings that overlap an earlier opening of the same group. Null overlaps nothing. */
function overlapProblems<T extends Opening>(
  field: string,
  kind: string,
  ranges: Array<T | null>,
  groupOf: (range: T) => string | number,
): Problem[] {
  return ranges.flatMap((range, index) => {
    const clashes = (other: T | null) =>
      range !== null &&
      other !== null &&
      groupOf(other) === groupOf(range) &&
      Math.max(minutesOf(other.start), minutesOf(range.start)) <
        Math.min(minutesOf(other.end), minutesOf(range.end));
    const isOverlap = ranges.slice(0, index).some(clashes);
    return isOverlap ? [problem(`overlaps an earlier ${kind}`, field, index)] : [];
  });
}

/** The hours, and what the latest change did. A booking outside of the hours is a conflict. */
export const availabilityOutput = availability.extend({
  doctorId: id,
  /** How often the hours were changed; 0 before the first change. */
  version,
  slotsCreated: z.int(),
  slotsRemoved: z.int(),
  conflicts: z.array(id),
  conflictingBookings: z.array(z.object({ id, startsAt: instant, endsAt: instant })),
});
export type AvailabilityAnswer = z.infer<typeof availabilityOutput>;
