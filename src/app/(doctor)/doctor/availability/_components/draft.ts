import { z } from "zod";
import {
  type Availability,
  type Exception,
  LIMITS,
  type Rule,
  setAvailabilityInput,
} from "@/server/availability/schema";

let keys = 0;
const newKey = () => `range-${++keys}`;

// A draft that an earlier page load saved gets new keys, because its keys may be in use on this page.
const key = z.string().transform(newKey);

/** The schema of a time range while it is edited. */
export const draftRange = z.object({
  ...{ key, start: z.string(), end: z.string() },
  ...{ slotMinutes: z.number(), bufferMinutes: z.number() },
});
/** A time range while it is edited. `key` identifies it on the page. */
export type DraftRange = z.infer<typeof draftRange>;

const draftDate = z.object({ key, date: z.string(), range: draftRange.nullable() });
/** A date that differs from the weekly hours. Without a range it is a day off. */
export type DraftDate = z.infer<typeof draftDate>;

/** The schema of a draft, valid or not, as it is saved when the session ends. */
export const draftShape = z.object({
  timezone: z.string(),
  week: z.array(z.array(draftRange)).length(7),
  dates: z.array(draftDate),
  minimumNoticeMinutes: z.number(),
  horizonDays: z.number(),
});
/** A doctor's hours while they are edited. `week` has the ranges of each weekday, Monday first. */
export type Draft = z.infer<typeof draftShape>;

export const DAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** The end of a day is 24:00 in the API and 00:00 in a time field. */
const toField = (end: string) => (end === "24:00" ? "00:00" : end);
const fromField = (end: string) => (end === "00:00" ? "24:00" : end);

type TimeRange = { start: string; end: string; slotMinutes: number; bufferMinutes?: number };

const toRange = ({ start, end, slotMinutes, bufferMinutes = 0 }: TimeRange): DraftRange => ({
  ...{ key: newKey(), start, end: toField(end), slotMinutes, bufferMinutes },
});

const fromRange = ({ start, end, slotMinutes, bufferMinutes }: DraftRange): TimeRange => ({
  ...{ start, end: fromField(end), slotMinutes },
  ...(bufferMinutes > 0 && { bufferMinutes }),
});

/** Converts hours from the API into a draft. */
export function toDraft(saved: Availability): Draft {
  return {
    timezone: saved.timezone,
    week: DAYS.map((_, index) =>
      saved.rules
        .filter(({ weekday }) => weekday === index + 1)
        .sort((a, b) => a.start.localeCompare(b.start))
        .map(toRange),
    ),
    dates: saved.exceptions
      .map((exception): DraftDate => {
        const range = exception.closed ? null : toRange(exception);
        return { key: newKey(), date: exception.date, range };
      })
      .sort((a, b) => a.date.localeCompare(b.date)),
    minimumNoticeMinutes: saved.minimumNoticeMinutes,
    horizonDays: saved.horizonDays,
  };
}

const rulesOf = ({ week }: Draft) =>
  week.flatMap((ranges, index) => ranges.map((range) => ({ range, weekday: index + 1 })));

/** Converts a draft into hours for the API. */
export function toInput(draft: Draft): Availability {
  return {
    timezone: draft.timezone,
    rules: rulesOf(draft).map(({ range, weekday }): Rule => ({ weekday, ...fromRange(range) })),
    exceptions: draft.dates.map(
      ({ date, range }): Exception =>
        range ? { date, ...fromRange(range) } : { date, closed: true },
    ),
    minimumNoticeMinutes: draft.minimumNoticeMinutes,
    horizonDays: draft.horizonDays,
  };
}

/** Tells whether two drafts describe the same hours. */
export const isSame = (a: Draft, b: Draft): boolean =>
  JSON.stringify(toInput(a)) === JSON.stringify(toInput(b));

/** Returns a new range with the consultation length and break of the first range in the draft. */
export function newRange(draft: Draft, start: string, end: string): DraftRange {
  const { slotMinutes = 30, bufferMinutes = 0 } = draft.week.flat()[0] ?? {};
  return { key: newKey(), start, end, slotMinutes, bufferMinutes };
}

/** Returns a new range for a weekday: the morning, or later an hour after the last range. */
export function nextRange(draft: Draft, day: number): DraftRange {
  const last = draft.week[day]?.at(-1)?.end;
  if (!last) return newRange(draft, "09:00", "13:00");
  const hour = Math.min(Number(last.slice(0, 2)) + 1, 20);
  const at = (value: number) => `${String(value).padStart(2, "0")}:00`;
  return newRange(draft, at(hour), at(hour + 3));
}

/** Replaces the ranges of other weekdays with copies of one weekday's ranges. */
export function copyDay(draft: Draft, from: number, to: number[]): Draft {
  const source = draft.week[from] ?? [];
  const week = draft.week.map((ranges, index) =>
    to.includes(index) ? source.map((range) => ({ ...range, key: newKey() })) : ranges,
  );
  return { ...draft, week };
}

/** Adds a date that differs from the weekly hours; dates are sorted. @param range null for a day off. */
export function addDate(draft: Draft, date: string, range: DraftRange | null): Draft {
  const dates = [...draft.dates, { key: newKey(), date, range }];
  return { ...draft, dates: dates.sort((a, b) => a.date.localeCompare(b.date)) };
}

/** Sets the consultation length or break of all ranges. */
export function setLengths(
  draft: Draft,
  lengths: Partial<Pick<DraftRange, "slotMinutes" | "bufferMinutes">>,
): Draft {
  const change = (ranges: DraftRange[]) => ranges.map((range) => ({ ...range, ...lengths }));
  const dates = draft.dates.map((date) => {
    return date.range ? { ...date, range: { ...date.range, ...lengths } } : date;
  });
  return { ...draft, week: draft.week.map(change), dates };
}

/** Returns the value that all weekly ranges share; null if they differ. */
export function shared(draft: Draft, name: "slotMinutes" | "bufferMinutes"): number | null {
  const values = new Set(draft.week.flat().map((range) => range[name]));
  return values.size > 1 ? null : ([...values][0] ?? (name === "slotMinutes" ? 30 : 0));
}

/** Texts for users by a part of the message in the API's schema. */
const MESSAGES: Array<[part: string, text: string]> = [
  ["after the start", "The end has to be after the start. 12:00 am means midnight."],
  ["shorter than one slot", "This is shorter than one consultation."],
  ["overlaps an earlier rule", "This overlaps other hours of the same day."],
  ["overlaps an earlier exception", "This overlaps other hours on the same date."],
  ["no other exception", "This date is listed already."],
  ["time of day", "Please give a start and an end."],
  ["nothing to book", "With this notice nothing could be booked before your times end."],
  ["still to come", `That is more than we keep: ${LIMITS.exceptions} dates.`],
  ["slots at once", "That would open too many times at once. Choose fewer days ahead."],
  [
    "Too big",
    `That is more than we keep: ${LIMITS.rulesPerDay} a day, ${LIMITS.exceptions} dates.`,
  ],
];

const messageFor = (message: string) =>
  MESSAGES.find(([part]) => message.includes(part))?.[1] ?? "Please check this.";

/** Validates a draft. Returns messages by the key of a range or date, or by the name of a field. */
export function problemsOf(draft: Draft): Record<string, string> {
  const { error } = setAvailabilityInput.safeParse(toInput(draft));
  const rules = rulesOf(draft);
  const problems: Record<string, string> = {};
  for (const { path, message } of error?.issues ?? []) {
    const [field, index] = path;
    const row = typeof index === "number" ? index : -1;
    const key =
      field === "rules"
        ? rules[row]?.range.key
        : field === "exceptions"
          ? draft.dates[row]?.key
          : "";
    problems[key || String(field)] ??= messageFor(message);
  }
  return problems;
}
