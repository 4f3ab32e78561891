import type { Slot } from "@/server/availability/schema";
import { addDays, localDate, localHour } from "../../../../_components/format";

export const DAYS_SHOWN = 7;
/** A part of a day with more times than this folds the week, down to the first eight: two are not worth a press. */
const FOLD_ABOVE = 10;
export const FOLDED = 8;

/** The night comes first, since a calendar day begins with it; it is in use only far from the doctor. */
export const PARTS = ["Night", "Morning", "Afternoon", "Evening"] as const;
export type Part = (typeof PARTS)[number];

export type Day = { day: string; free: number; parts: Record<Part, Slot[]> };

const partOf = (hour: number): Part =>
  hour < 5 ? "Night" : hour < 12 ? "Morning" : hour < 17 ? "Afternoon" : "Evening";

/** Sorts slots into the days and parts of days of the viewer's zone; what has begun is left out. */
export function toWeek(slots: Slot[], firstDay: string, zone: string, now: Date): Day[] {
  const days = Array.from({ length: DAYS_SHOWN }, (_, offset): Day => {
    const parts = { Night: [], Morning: [], Afternoon: [], Evening: [] };
    return { day: addDays(firstDay, offset), free: 0, parts };
  });
  for (const slot of slots) {
    if (new Date(slot.startsAt) <= now) continue;
    const day = days.find((candidate) => candidate.day === localDate(slot.startsAt, zone));
    if (!day) continue;
    day.parts[partOf(localHour(slot.startsAt, zone))].push(slot);
    if (slot.status === "AVAILABLE") day.free += 1;
  }
  return days;
}

/** The parts of the day in which the week has any time, free or not. */
export function partsInUse(week: Day[]): Part[] {
  return PARTS.filter((part) => week.some((day) => day.parts[part].length > 0));
}

/** True when some part of a day is too long to show at once. */
export function needsFold(week: Day[]): boolean {
  return week.some((day) => PARTS.some((part) => day.parts[part].length > FOLD_ABOVE));
}
