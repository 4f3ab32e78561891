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
import { comingExceptions } from "./rules";

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
  /** From now, by default. */
  from: instantInput.optional(),
  /** 14 days after `from`, by default. */
  to: instantInput.optional(),
});
export type ListSlots = z.infer<typeof listSlotsInput>;

/** The most days that a month view shows: six weeks. */
const MONTH_VIEW_DAYS = 42;
const DAY_MS = 86_400_000;

export const freeDaysInput = z
  .object({ doctorId: id, from: dateInput, to: dateInput, timezone })
  .refine(({ from, to }) => {
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    return days >= 1 && days <= MONTH_VIEW_DAYS;
  }, `give 1 to ${MONTH_VIEW_DAYS} days`);
export type FreeDaysInput = z.infer<typeof freeDaysInput>;

/** The calendar days on which a slot can still be booked, and how many. */
export const freeDays = z.array(z.object({ date: z.iso.date(), free: z.int() }));

export const zoneInput = z.object({ timezone });

/** What a zone's clocks do, by the server's data, for browsers to show times by (platform/zones). */
export const zone = z.object({
  zone: z.string(),
  from: z.number(),
  until: z.number(),
  periods: z.array(
    z.object({ from: z.number(), offset: z.int(), name: z.string().nullable(), short: z.string() }),
  ),
});

/** A slot as its doctor sees it: with where it comes from. */
const ownSlot = slot.extend({ fromRules: z.boolean() });
export type OwnSlot = z.infer<typeof ownSlot>;
export const ownSlotPage = page(ownSlot);

export const listOwnSlotsInput = pageInput.extend({ from: instantInput, to: instantInput });
export type ListOwnSlots = z.infer<typeof listOwnSlotsInput>;

export const createSlotInput = z.object({ startsAt: instantInput, endsAt: instantInput });
export type CreateSlot = z.infer<typeof createSlotInput>;

export const slotInput = z.object({ slotId: id });

/** What hours may look like; the editor offers no more than the server takes. */
export const LIMITS = {
  slotMinutes: { min: 5, max: 240 },
  bufferMinutes: { max: 240 },
  noticeMinutes: { max: 14 * 24 * 60 },
  horizonDays: { min: 1, max: 90, default: 30 },
  rulesPerDay: 10,
  /** Of dates that are still to come. */
  exceptions: 200,
  /** Past dates are dropped, so a caller may send some along. */
  exceptionsSent: 1000,
  /** What one transaction makes well within its time. */
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
/** A stretch of a day, in local time, that is cut into slots. */
export type Opening = z.infer<typeof opening>;

/** Monday is 1, Sunday is 7. */
const rule = opening.extend({ weekday: z.int().min(1).max(7) });
export type Rule = z.infer<typeof rule>;

const date = z.iso
  .date()
  .refine((day) => day >= "2000-01-01" && day < "2200-01-01", "out of range");

/** A date's own hours, in place of its weekday's, or none at all. */
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
/** What of a doctor's availability decides when slots are. */
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
  for (const [index, range] of input.rules.entries()) {
    for (const message of faultsOf(range)) issue(["rules", index], message);
  }
  for (const index of overlapping(input.rules, ({ weekday }) => weekday)) {
    issue(["rules", index], "overlaps an earlier rule of this weekday");
  }
  const openings = input.exceptions.map((exception) => (exception.closed ? null : exception));
  for (const [index, range] of openings.entries()) {
    for (const message of range ? faultsOf(range) : []) issue(["exceptions", index], message);
  }
  for (const index of overlapping(openings, ({ date }) => date)) {
    issue(["exceptions", index], "overlaps an earlier exception of this date");
  }
  for (const [index, { date, closed }] of input.exceptions.entries()) {
    const others = input.exceptions.slice(0, index).filter((other) => other.date === date);
    if (others.some((other) => closed || other.closed)) {
      issue(["exceptions", index], "a day off can have no other exception");
    }
  }
  // This runs beside the checks of the fields; without a zone there is no today.
  const isZone = timezone.safeParse(input.timezone).success;
  if (isZone && comingExceptions(input, new Date()).length > LIMITS.exceptions) {
    issue(["exceptions"], `more than ${LIMITS.exceptions} dates that are still to come`);
  }
  if (input.minimumNoticeMinutes >= input.horizonDays * 24 * 60) {
    issue(["minimumNoticeMinutes"], "leaves nothing to book within the horizon");
  }
  const slots = (total: number, range: Opening | null) => total + (range ? slotsIn(range) : 0);
  const most = openings.reduce(slots, (input.rules.reduce(slots, 0) * input.horizonDays) / 7);
  if (most > LIMITS.slots) {
    issue(["horizonDays"], `makes more than ${LIMITS.slots} slots at once; choose fewer days`);
  }

  function issue(path: Array<string | number>, message: string) {
    ctx.addIssue({ code: "custom", path, message });
  }
});

/** Minutes after midnight of "HH:MM". */
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const slotsIn = ({ start, end, slotMinutes, bufferMinutes = 0 }: Opening): number =>
  (minutesOf(end) - minutesOf(start) + bufferMinutes) / (slotMinutes + bufferMinutes);

function faultsOf({ start, end, slotMinutes }: Opening): string[] {
  const length = minutesOf(end) - minutesOf(start);
  if (length <= 0) return ["the end must be after the start"];
  return length < slotMinutes ? ["is shorter than one slot"] : [];
}

/** The indices of stretches that overlap one before them in the same group. Null, or an end before the start, is none. */
function overlapping<T extends Opening>(
  ranges: Array<T | null>,
  groupOf: (range: T) => string | number,
): number[] {
  return ranges.flatMap((range, index) => {
    const clashes = (other: T | null) =>
      range !== null &&
      other !== null &&
      groupOf(other) === groupOf(range) &&
      Math.max(minutesOf(other.start), minutesOf(range.start)) <
        Math.min(minutesOf(other.end), minutesOf(range.end));
    return ranges.slice(0, index).some(clashes) ? [index] : [];
  });
}

/** The hours, and what the latest change did. Bookings outside of the hours are conflicts. */
export const availabilityOutput = availability.extend({
  doctorId: id,
  /** Counts the changes of the hours; 0 before the first. */
  version,
  slotsCreated: z.int(),
  slotsRemoved: z.int(),
  conflicts: z.array(id),
  conflictingBookings: z.array(z.object({ id, startsAt: instant, endsAt: instant })),
});
export type AvailabilityAnswer = z.infer<typeof availabilityOutput>;
