import { describe, expect, test } from "vitest";
import { previewAvailability } from "@/server/availability/commands/preview";
import { inTransaction } from "@/server/platform/transaction";
import { callerAs } from "../support/caller";
import { makeDoctor } from "../support/factories";
import { raceOf, tally } from "../support/race";

const week = (slotMinutes: number, end = "24:00") =>
  [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: "00:00", end, slotMinutes }));

const timezone = "Asia/Kolkata";

test("changes of hours with thousands of slots succeed", async () => {
  const doctor = await makeDoctor();
  const set = (rules: ReturnType<typeof week>, horizonDays: number) =>
    callerAs(doctor).availability.set({ timezone, rules, horizonDays });
  expect(await set(week(5), 30)).toMatchObject({ slotsCreated: 8640, slotsRemoved: 0 });
  expect(await set(week(5), 34)).toMatchObject({ slotsCreated: 1152, slotsRemoved: 0 });
  const longer = await callerAs(doctor).availability.preview({
    timezone,
    rules: week(10),
    horizonDays: 34,
  });
  expect(longer).toMatchObject({ slotsCreated: 4896, slotsRemoved: 9792 });
  expect(await set(week(10), 34)).toEqual({ ...longer, version: 3 });
  const morning = await set(week(5, "09:00"), 90);
  expect(morning.slotsCreated).toBeGreaterThan(89 * 108);
  expect(await set([], 90)).toMatchObject({ slotsCreated: 0 });
}, 120_000);

describe("previews of one doctor", () => {
  const input = {
    timezone,
    rules: week(5),
    exceptions: [],
    minimumNoticeMinutes: 0,
    horizonDays: 33,
  };

  test("run one at a time in one process: of sixty, one succeeds and the others are refused", async () => {
    const [{ doctorId }, other] = [await makeDoctor(), await makeDoctor()];
    const outcomes = await raceOf(60, () => previewAvailability(doctorId, input));
    const ends = tally(outcomes, (end) => (end.ok ? "previewed" : String(end.error)));
    expect(ends).toEqual({ previewed: 1, "AppError: RATE_LIMITED": 59 });
    const again = await previewAvailability(doctorId, input);
    expect(again).toMatchObject({ slotsCreated: 33 * 288, version: 0 });
    const both = [doctorId, other.doctorId].map((id) => previewAvailability(id, input));
    expect(await Promise.all(both)).toHaveLength(2);
  });

  test("run one at a time in several processes: a preview is refused while the lock is taken", async () => {
    const { doctorId } = await makeDoctor();
    const name = `availability.preview ${doctorId}`;
    await inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))::text`;
      await expect(previewAvailability(doctorId, input)).rejects.toThrow("RATE_LIMITED");
    });
    expect(await previewAvailability(doctorId, input)).toMatchObject({ slotsRemoved: 0 });
  });
});
