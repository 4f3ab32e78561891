import {
  formatCalendarDay,
  formatClockTime,
  formatMinutes,
  zoneCity,
} from "@/app/_components/format";
import { DAYS, type Draft, type DraftRange } from "./draft";

/** One difference between two drafts, as texts for the doctor. */
export type Change = { what: string; before: string; after: string };

const rangeInWords = ({ start, end, slotMinutes, bufferMinutes }: DraftRange): string => {
  const pause = bufferMinutes > 0 ? `, ${formatMinutes(bufferMinutes)} between` : "";
  const span = `${formatClockTime(start || "00:00")} – ${formatClockTime(end || "00:00")}`;
  return `${span}, ${formatMinutes(slotMinutes)} each${pause}`;
};

const rangesInWords = (ranges: DraftRange[], none: string) =>
  ranges.length > 0 ? ranges.map(rangeInWords).join("; ") : none;

/** Groups the time ranges of a draft's special dates by date. A day off has none. */
function datesOf({ dates }: Draft): Map<string, DraftRange[]> {
  const byDate = new Map<string, DraftRange[]>();
  for (const { date, range } of dates) {
    byDate.set(date, [...(byDate.get(date) ?? []), ...(range ? [range] : [])]);
  }
  return byDate;
}

/** Describes a draft in words: each weekday, date and setting by its label. */
function describeHours(draft: Draft): Map<string, string> {
  const { minimumNoticeMinutes: notice, horizonDays: horizon } = draft;
  return new Map([
    ["Time zone", zoneCity(draft.timezone)],
    ["Patients book at the latest", notice === 0 ? "up to the start" : formatMinutes(notice)],
    ["Patients book at the earliest", `${horizon} ${horizon === 1 ? "day" : "days"} ahead`],
    ...DAYS.map((day, index): [string, string] => [
      day,
      rangesInWords(draft.week[index] ?? [], "no hours"),
    ]),
    ...[...datesOf(draft)].map(([date, ranges]): [string, string] => [
      formatCalendarDay(date, "long"),
      rangesInWords(ranges, "day off"),
    ]),
  ]);
}

/** Lists the differences between two drafts, in the order of the page. */
export function changesBetween(from: Draft, to: Draft): Change[] {
  const [before, after] = [describeHours(from), describeHours(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((what) => ({
      what,
      before: before.get(what) ?? "as every week",
      after: after.get(what) ?? "as every week",
    }))
    .filter((change) => change.before !== change.after);
}

/** Merges two changes of the same hours. If both changed the same weekday, date or setting, `mine` is used. */
export function mergeDrafts(base: Draft, mine: Draft, theirs: Draft): Draft {
  const mineChanged = new Set(changesBetween(base, mine).map(({ what }) => what));
  const pick = (what: string) => (mineChanged.has(what) ? mine : theirs);
  const days = new Set([...mine.dates, ...theirs.dates].map(({ date }) => date));
  const dates = [...days].sort().flatMap((date) => {
    return pick(formatCalendarDay(date, "long")).dates.filter((item) => item.date === date);
  });
  return {
    timezone: pick("Time zone").timezone,
    week: DAYS.map((day, index) => pick(day).week[index] ?? []),
    dates,
    minimumNoticeMinutes: pick("Patients book at the latest").minimumNoticeMinutes,
    horizonDays: pick("Patients book at the earliest").horizonDays,
  };
}
