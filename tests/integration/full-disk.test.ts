import { afterEach, describe, expect, test } from "vitest";
import { storageFailedAt } from "@/server/platform/storage-failure";
import { rowCounts, sql } from "../support/database";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";
import { Api } from "../support/http";
import { expectError } from "../support/refusals";
import { routeHandlers } from "../support/routes";

const api = new Api(routeHandlers);

/** Makes every insert of a booking fail with this SQLSTATE, as on a full disk. */
async function fillDisk(state: string): Promise<void> {
  await sql(`
    CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '${state}'; END $$`);
  await sql("CREATE TRIGGER no_space BEFORE INSERT ON bookings EXECUTE FUNCTION no_space()");
}
const freeDisk = () => sql("DROP FUNCTION IF EXISTS no_space CASCADE");
afterEach(freeDisk);

const ready = async () => (await api.send("/api/health/ready")).status;

describe.each([
  ["the disk is full", "53100"],
  ["memory ran out", "53200"],
  ["the disk is broken", "58030"],
])("if %s", (_what, state) => {
  test("a write gets TRY_AGAIN, and the process is not ready until a write succeeds", async () => {
    await expect.poll(ready, { timeout: 20_000 }).toBe(200);
    const [slot, patient] = [await makeSlot(await makeDoctor()), await makePatient()];
    await fillDisk(state);
    const before = await rowCounts();

    const refused = await api.post("/bookings", { slotId: slot.id }, patient, { key: "one" });

    expectError(refused, 503, "TRY_AGAIN");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await rowCounts()).toEqual(before);
    const answer = await api.send("/api/health/ready");
    expect(answer).toMatchObject({
      status: 503,
      body: { missing: ["database"], database: "full" },
    });
    // Reads still succeed, and do not make the process ready.
    expect((await api.get("/doctors")).status).toBe(200);
    expect(storageFailedAt()).toBeDefined();

    await freeDisk();
    const again = await api.post("/bookings", { slotId: slot.id }, patient, { key: "one" });
    expect(again.status).toBe(200);
    await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  });
});
