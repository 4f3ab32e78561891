import { randomBytes } from "node:crypto";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { stateOf } from "../../support/bookings";
import { rowCounts, sql } from "../../support/database";
import { embeddedRows, serveApp, subjectsTo } from "../../support/inngest-app";
import { canonical, signatureOf } from "../../support/inngest-wire";
import { until } from "../../support/jobs";

// An Inngest server in production, in the cloud or self-hosted, has keys.
const newSigningKey = () => `signkey-prod-${randomBytes(32).toString("hex")}`;
const keys = { event: randomBytes(16).toString("hex"), signing: newSigningKey() };
const world = await serveApp(keys);
const { inngest } = world;

const isRegistered = () => inngest.functions.size > 0;
const statusesOf = (name: string, about: string) =>
  inngest.runsOf(name, about).map(({ status }) => status);

afterEach(async () => {
  await world.resetClock();
  expect(inngest.complaints).toEqual([]);
});
// The embedded engine must not have run anything.
afterAll(async () => expect(await embeddedRows()).toEqual([]));

describe("on an Inngest server with keys", () => {
  test("wrong keys register nothing, and lose no event", {
    timeout: 90_000,
  }, async () => {
    await world.up({ event: "another", signing: newSigningKey() });
    const { booking } = await world.hold();
    const refusals = ["401 /fn/register", "401 /e/another"];
    await until("both are refused", () =>
      refusals.every((refusal) => inngest.refused.includes(refusal)),
    );
    expect(isRegistered()).toBe(false);
    expect(await sql("SELECT name FROM outbox")).toEqual([{ name: "booking/held" }]);
    await world.down();

    inngest.refused.length = 0;
    // The app was stopped while it held the row's lease: end the lease now instead of in 30 seconds.
    await sql("UPDATE outbox SET leased_until = clock_timestamp() - interval '1 second'");
    await world.up();
    await until("the app is registered", isRegistered);
    await world.letPass(11 * 60_000);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED", slot: "AVAILABLE" });
    expect(statusesOf("expire-unpaid-booking", booking.id)).toEqual(["COMPLETED"]);
    expect(inngest.refused).toEqual([]);
  });

  test("a booking that is paid and cancelled is mailed about and refunded once", async () => {
    const { booking, patient } = await world.hold();
    await world.calm();
    await world.pay(booking);
    await world.calm();
    expect(statusesOf("expire-unpaid-booking", booking.id)).toEqual(["CANCELLED"]);
    await world.cancel(booking, patient);
    await world.calm();
    const { payment, refund } = (await stateOf(booking.id)) ?? {};
    expect({ payment, refund }).toEqual({ payment: "REFUNDED", refund: "SUCCEEDED 50000" });
    expect(await subjectsTo(patient)).toEqual(["Cancelled", "Confirmed", "Refund"]);
    expect(statusesOf("remind", booking.id)).toEqual(["CANCELLED"]);
  });

  test("only a call that the server signed runs a function", async () => {
    await world.calm();
    // The function deletes this key when it runs, as the last call with the server's signature shows.
    await sql(
      `INSERT INTO idempotency_keys (user_id, procedure, key, request_hash, response, created_at)
       VALUES (gen_random_uuid(), 'old', 'old', '', '', now() - interval '25 hours')`,
    );
    const kept = async () =>
      (await sql("SELECT FROM idempotency_keys WHERE procedure = 'old'")).length;
    const event = { id: "e", name: "inngest/scheduled.timer", data: {}, ts: Date.now() };
    const body = canonical({
      version: -1,
      event,
      events: [event],
      steps: {},
      ctx: { run_id: "r", attempt: 0, disable_immediate_execution: false, use_api: false },
    });
    const path = "/api/inngest?fnId=amrutam-purge-idempotency-keys&stepId=step";
    const call = (signature: string | null, sent = body, method = "POST") =>
      world.api.send(path, {
        method,
        headers: {
          "content-type": "application/json",
          "x-inngest-server-kind": "dev",
          ...(signature && { "x-inngest-signature": signature }),
        },
        ...(method !== "GET" && { body: sent }),
      });
    const now = Math.floor(Date.now() / 1000);
    const signature = signatureOf(body, keys.signing);
    const forged = await Promise.all([
      call(null),
      call("t=1&s=1"),
      call(signatureOf(body, newSigningKey())),
      call(signatureOf(body, "")),
      call(signatureOf(body, keys.signing, now - 360)),
      call(signatureOf(body, keys.signing, now + 360)),
      call(signature, body.replace('"attempt":0', '"attempt":1')),
      call(signature.replace(/t=\d+/, `t=${now + 9}`)),
      // Unsigned calls may not register the app or list its functions either.
      call(null, "{}", "PUT"),
      call(null, body, "GET"),
    ]);
    const functionsBefore = [...inngest.functions.values()];
    expect(forged.map(({ status, text }) => `${status} ${text}`)).toEqual(
      forged.map(() => '401 {"message":"Unauthorized"}'),
    );
    expect((await call(null, "no JSON")).status).toBe(400);
    expect(await kept()).toBe(1);
    expect([...inngest.functions.values()]).toEqual(functionsBefore);

    const before = await rowCounts();
    expect((await call(null)).status).toBe(401);
    expect(await rowCounts()).toEqual(before);
    expect((await call(signature)).status).toBe(206);
    expect(await kept()).toBe(0);
    await world.calm();
  });
});
