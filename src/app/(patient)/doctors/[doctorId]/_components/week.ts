import { addDays, localDate, localHour } from "@/app/_components/format";
import type { Slot } from "@/server/availability/schema";

export const DAYS_SHOWN = 7;

/** Night comes first, because a calendar day begins with it. Only viewers in distant zones see night slots. */
export const PARTS = ["Night", "Morning", "Afternoon", "Evening"] as const;
type Part = (typeof PARTS)[number];

export type Day = { day: string; free: number; parts: Record<Part, Slot[]> };

const partOf = (hour: number): Part =>
  hour < 5 ? "Night" : hour < 12 ? "Morning" : hour < 17 ? "Afternoon" : "Evening";

/** Sorts slots into days and parts of days in the viewer's zone. Slots that have started are left out. */
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
