import { describe, expect, test } from "vitest";
import { makeHold, stateOf } from "../support/bookings";
import { rowCounts } from "../support/database";
import { FEE } from "../support/factories";
import { gatewayEvent, postWebhook, signatureOf, WEBHOOK } from "../support/gateway";
import { HOSTS, useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

describe.each(HOSTS)("the webhook endpoint, %s", (host) => {
  const api = useHost(host);
  const refused: Array<[string, (raw: string) => [raw: string, signature: string | null]]> = [
    ["no signature", (raw) => [raw, null]],
    ["a signature of another form", (raw) => [raw, "v1=abc"]],
    ["a signature of the wrong length", (raw) => [raw, signatureOf(raw).slice(0, -2)]],
    ["a signature made with another secret", (raw) => [raw, signatureOf(raw, 0, "x".repeat(64))]],
    ["a signature of another body", (raw) => [raw, signatureOf(`${raw} `)]],
    ["a signature 310 s old", (raw) => [raw, signatureOf(raw, -310)]],
    ["a signature 310 s ahead", (raw) => [raw, signatureOf(raw, 310)]],
    [
      "a signature whose time was changed",
      (raw) => [raw, signatureOf(raw, -310).replace(/t=\d+/, `t=${Math.floor(Date.now() / 1000)}`)],
    ],
    ["a body that is not JSON", () => ["{", signatureOf("{")]],
    ["an empty body", () => ["", signatureOf("")]],
    ["a body that is a list", () => ["[]", signatureOf("[]")]],
    ["a body without its data", () => signed({ id: "evt_1", type: "payment.succeeded" })],
    ["an event of another type", (raw) => signed({ ...JSON.parse(raw), type: "payment.lost" })],
    ["an id with a NUL", (raw) => signed({ ...JSON.parse(raw), id: "evt_\0" })],
    [
      "an amount with a fraction",
      (raw) => signed(JSON.parse(raw.replace(`"amount":${FEE}`, `"amount":${FEE}.5`))),
    ],
    [
      "a payment id that is not a UUID",
      (raw) => {
        const event = JSON.parse(raw);
        return signed({ ...event, data: { ...event.data, paymentId: "1; DROP TABLE bookings" } });
      },
    ],
  ];

  function signed(event: object): [string, string] {
    const raw = JSON.stringify(event);
    return [raw, signatureOf(raw)];
  }

  test.each(refused)("answers 400 to %s and writes nothing", async (_what, make) => {
    const { booking, payment } = await makeHold();
    const [raw, signature] = make(JSON.stringify(gatewayEvent("payment.succeeded", payment)));
    const before = await rowCounts();

    await expectRefused(postWebhook(raw, signature, api), 400, "INVALID_INPUT");

    expect(await rowCounts()).toEqual(before);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "PENDING" });
  });

  test("accepts a signature that is 290 s old or ahead", async () => {
    for (const seconds of [-290, 290]) {
      const { booking, payment } = await makeHold();
      const raw = JSON.stringify(gatewayEvent("payment.succeeded", payment));
      expect((await postWebhook(raw, signatureOf(raw, seconds), api)).status).toBe(200);
      expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED" });
    }
  });

  test("answers 413 to a body over 1 MiB and writes nothing", async () => {
    const raw = JSON.stringify({ padding: "x".repeat(2 * 1024 * 1024) });
    const before = await rowCounts();

    await expectRefused(postWebhook(raw, undefined, api), 413, "PAYLOAD_TOO_LARGE");

    expect(await rowCounts()).toEqual(before);
  });

  test("answers 404 to an unknown provider", async () => {
    const nobody = api.send(WEBHOOK.replace("sandbox", "nobody"), { method: "POST" });
    await expectRefused(nobody, 404, "NOT_FOUND");
  });
});
