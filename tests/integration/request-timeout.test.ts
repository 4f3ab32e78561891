import { afterAll, expect, test, vi } from "vitest";
import { startServer } from "@/server/main";
import type { writeOnce } from "@/server/platform/idempotency";
import { sql } from "../support/database";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";

/** Delays every write until `open` is called. */
const gate = vi.hoisted(() => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
});
vi.mock("@/server/platform/idempotency", async (importOriginal) => {
  const original = await importOriginal<{ writeOnce: typeof writeOnce }>();
  const delayed = async (...args: Parameters<typeof writeOnce>) => {
    await gate.opened;
    return original.writeOnce(...args);
  };
  return { ...original, writeOnce: delayed };
});

const server = await startServer({ pages: false, jobs: false, responseTimeout: 1000 });
afterAll(() => server.close());

test("a request that takes too long gets 503, and its idempotency key returns the result later", async () => {
  const patient = await makePatient();
  const slot = await makeSlot(await makeDoctor());
  const hold = () =>
    fetch(`${server.url}/api/v1/bookings`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${patient.token}`,
        "idempotency-key": "one",
      },
      body: JSON.stringify({ slotId: slot.id }),
    });

  const timedOut = await hold();
  expect(timedOut.status).toBe(503);
  expect(timedOut.headers.get("retry-after")).toBe("1");
  expect(await timedOut.json()).toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    data: { reason: "TRY_AGAIN" },
  });

  gate.open();
  await expect.poll(() => sql("SELECT FROM bookings"), { timeout: 20_000 }).toHaveLength(1);
  let again = await hold();
  while (again.status === 503) again = await hold();
  expect(again.status).toBe(200);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await sql("SELECT FROM bookings")).toHaveLength(1);
});
