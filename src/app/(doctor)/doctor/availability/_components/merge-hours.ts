import { formatCalendarDay, formatClockTime, zoneCity } from "@/app/_components/format";
import { DAYS, type Draft, type DraftRange } from "./draft";
import { minutesInWords } from "./minutes";

/** One thing that a change of hours changed, in words. */
export type Change = { what: string; before: string; after: string };

const rangeInWords = ({ start, end, slotMinutes, bufferMinutes }: DraftRange): string => {
  const pause = bufferMinutes > 0 ? `, ${minutesInWords(bufferMinutes)} between` : "";
  const span = `${formatClockTime(start || "00:00")} – ${formatClockTime(end || "00:00")}`;
  return `${span}, ${minutesInWords(slotMinutes)} each${pause}`;
};

const rangesInWords = (ranges: DraftRange[], none: string) =>
  ranges.length > 0 ? ranges.map(rangeInWords).join("; ") : none;

/** The dates of a draft that differ from the week, each with its stretches. */
function datesOf({ dates }: Draft): Map<string, DraftRange[]> {
  const byDate = new Map<string, DraftRange[]>();
  for (const { date, range } of dates) {
    byDate.set(date, [...(byDate.get(date) ?? []), ...(range ? [range] : [])]);
  }
  return byDate;
}

/** Everything that hours say, by what it is about, in words. */
function inWords(draft: Draft): Map<string, string> {
  const { minimumNoticeMinutes: notice, horizonDays: horizon } = draft;
  return new Map([
    ["Time zone", zoneCity(draft.timezone)],
    ["Patients book at the latest", notice === 0 ? "up to the start" : minutesInWords(notice)],
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

/** What differs between two drafts, in the order of the page. */
export function changesBetween(from: Draft, to: Draft): Change[] {
  const [before, after] = [inWords(from), inWords(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((what) => ({
      what,
      before: before.get(what) ?? "as every week",
      after: after.get(what) ?? "as every week",
    }))
    .filter((change) => change.before !== change.after);
}

/** Two changes of the same hours put together; where both changed one thing, `mine` is kept. */
export function mergeDrafts(base: Draft, mine: Draft, theirs: Draft): Draft {
  const mineChanged = new Set(changesBetween(base, mine).map(({ what }) => what));
  const pick = (what: string) => (mineChanged.has(what) ? mine : theirs);
  const days = new Set([...mine.dates, ...theirs.dates].map(({ date }) => date));
  const dates = [...days].sort().flatMap((date) => {
    return pick(formatCalendarDay(date, "long")).dates.filter((one) => one.date === date);
  });
  return {
    timezone: pick("Time zone").timezone,
    week: DAYS.map((day, index) => pick(day).week[index] ?? []),
    dates,
    minimumNoticeMinutes: pick("Patients book at the latest").minimumNoticeMinutes,
    horizonDays: pick("Patients book at the earliest").horizonDays,
  };
}
