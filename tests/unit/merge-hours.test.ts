import { describe, expect, test } from "vitest";
import { type Draft, toDraft, toInput } from "@/app/(doctor)/doctor/availability/_components/draft";
import {
  changesBetween,
  mergeDrafts,
} from "@/app/(doctor)/doctor/availability/_components/merge-hours";
import type { Availability } from "@/server/availability/schema";

const rule = (weekday: number, start: string) => ({
  ...{ weekday, start, end: "13:00", slotMinutes: 30 },
});
const saved: Availability = {
  timezone: "Asia/Kolkata",
  rules: [rule(1, "09:00"), rule(2, "09:00")],
  exceptions: [{ date: "2199-01-01", closed: true }],
  minimumNoticeMinutes: 0,
  horizonDays: 30,
};
const draftOf = (more: Partial<Availability> = {}): Draft => toDraft({ ...saved, ...more });

describe("two concurrent changes of the same hours", () => {
  const base = draftOf();

  test("are described in words, one line for each changed thing", () => {
    const own = draftOf({ rules: [rule(1, "08:00"), rule(2, "09:00")], exceptions: [] });
    expect(changesBetween(base, own)).toEqual([
      {
        what: "Monday",
        before: "9:00 am – 1:00 pm, 30 minutes each",
        after: "8:00 am – 1:00 pm, 30 minutes each",
      },
      { what: "Tuesday, 1 January", before: "day off", after: "as every week" },
    ]);
    expect(changesBetween(base, draftOf())).toEqual([]);
  });

  test("are both kept if they change different things", () => {
    const own = draftOf({ rules: [rule(1, "08:00"), rule(2, "09:00")] });
    const other = draftOf({
      rules: [rule(1, "09:00"), rule(2, "10:00")],
      exceptions: [],
      horizonDays: 60,
    });
    expect(toInput(mergeDrafts(base, own, other))).toEqual({
      ...saved,
      rules: [rule(1, "08:00"), rule(2, "10:00")],
      exceptions: [],
      horizonDays: 60,
    });
  });

  test("are resolved in favour of one's own change if both change the same thing", () => {
    const own = draftOf({ rules: [rule(1, "08:00"), rule(2, "09:00")] });
    const other = draftOf({ rules: [rule(1, "07:00"), rule(2, "09:00")] });
    expect(toInput(mergeDrafts(base, own, other)).rules).toEqual(toInput(own).rules);
  });

  test("are both kept if one adds a date and the other removes another date", () => {
    const off = { date: "2199-02-02", closed: true } as const;
    const own = draftOf({ exceptions: [...saved.exceptions, off] });
    const other = draftOf({ exceptions: [] });
    expect(toInput(mergeDrafts(base, own, other)).exceptions).toEqual([off]);
  });
});
