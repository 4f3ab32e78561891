import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, RULES } from "../support/access";
import { inputOf, makeWorld, tokenOf, type World } from "../support/access-world";
import { callOver, PROCEDURES, reasonOf, TRANSPORTS } from "../support/endpoints";
import { postWebhook } from "../support/gateway";
import { type Answer, Api } from "../support/http";
import { INTERNALS } from "../support/refusals";
import { routeHandlers } from "../support/routes";
import { bodies, inputsOf, toWire } from "./fixtures/fuzz";
import { PREPARATIONS, replaced } from "./fixtures/fuzz-preparations";

/** Inputs for each property: few in a normal test run, a thousand in `npm run fuzz`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 12);
const TIMEOUT = 60_000 + RUNS * 400;
const settings = { numRuns: RUNS, seed: Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31) };

const api = new Api(routeHandlers);
let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);

/** Expects a success or a refusal, never a server fault, and no internal detail in a refusal. */
function expectHarmless(answer: Answer): void {
  expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(500);
  if (answer.status >= 400) expect(answer.text).not.toMatch(INTERNALS);
}

/** Returns the beginning of an input. fast-check's own report overflows the stack on the deepest inputs. */
function shown(input: unknown): string {
  try {
    return JSON.stringify(input).slice(0, 500);
  } catch (error) {
    return `cannot be shown: ${error}`;
  }
}

describe.each(PROCEDURES)("%s", (path) => {
  const rule = RULES[path] ?? { for: "anyone" };
  // The caller has access. Otherwise the call would be refused before its input is read.
  const caller: Caller = rule.for === "doctor" || rule.for === "admin" ? rule.for : "patient";

  test.each(TRANSPORTS)(
    "answers any input without a fault, through %s",
    async (transport) => {
      const valid = await inputOf(world, rule, caller, "own");
      const call = async (input: unknown) => {
        const { token = null, replace = [] } = (await PREPARATIONS[path]?.(world)) ?? {};
        const mine = token ?? (await tokenOf(world, rule, caller, path === "auth.logout"));
        return callOver(transport, path, replaced(input, replace), mine, toWire);
      };
      const first = await call(valid);
      if (!first) return;
      // A valid input must be accepted. Otherwise the other inputs would be refused for an unrelated reason.
      expect(reasonOf(first)).not.toBe("INVALID_INPUT");
      const { inputs, suspects } = inputsOf(path, valid);
      const property = fc.asyncProperty(inputs, async (input) => {
        const answer = await call(input);
        if (answer) expectHarmless(answer);
      });
      const numRuns = suspects.length + RUNS;
      const run = await fc.check(property, { ...settings, numRuns, examples: suspects });
      if (run.failed)
        throw new Error(
          `${run.errorInstance}\nFUZZ_SEED=${run.seed}: ${shown(run.counterexample)}`,
        );
    },
    TIMEOUT,
  );
});

const POSTED = [
  "/api/trpc/bookings.hold",
  "/api/trpc/bookings.hold,me.update?batch=1",
  "/api/v1/bookings",
  "/api/v1/auth/login",
];

test.each(POSTED)(
  "a body of any kind causes no fault at %s",
  async (address) => {
    const token = await tokenOf(world, { for: "patient" }, "patient", false);
    const property = fc.asyncProperty(bodies, async (body) => {
      const headers = {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "idempotency-key": randomUUID(),
      };
      expectHarmless(await api.send(address, { method: "POST", headers, body }));
    });
    await fc.assert(property, settings);
  },
  TIMEOUT,
);

test(
  "a webhook event of any kind with a valid signature causes no fault",
  async () => {
    const valid = {
      id: "evt_1",
      type: "payment.succeeded",
      createdAt: new Date().toISOString(),
      data: { paymentId: world.things.payment[0], amount: 50_000, currency: "INR" },
    };
    const events = fc.oneof(inputsOf("webhook", valid).inputs.map(toWire), bodies);
    await fc.assert(
      fc.asyncProperty(events, async (raw) => expectHarmless(await postWebhook(raw))),
      settings,
    );
  },
  TIMEOUT,
);

/** Any text that a header can contain. */
const header = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});

test(
  "headers of any kind cause no fault",
  async () => {
    const token = await tokenOf(world, { for: "patient" }, "patient", false);
    const names = [
      "idempotency-key",
      "x-request-id",
      "authorization",
      "cookie",
      "origin",
      "sec-fetch-site",
      "user-agent",
      "content-type",
      "content-length",
      "x-client-address",
      "trpc-accept",
    ];
    const headers = fc.dictionary(fc.constantFrom(...names), header);
    const property = fc.asyncProperty(headers, async (given) => {
      const all = { authorization: `Bearer ${token}`, ...given };
      expectHarmless(await api.send("/api/trpc/me.get", { headers: all }));
      const body = JSON.stringify({ name: "Same" });
      expectHarmless(await api.send("/api/v1/me", { method: "PATCH", headers: all, body }));
      expectHarmless(
        await api.send("/api/v1/bookings", {
          headers: { ...all, cookie: `amrutam-session=${given.cookie}` },
        }),
      );
    });
    await fc.assert(property, settings);
  },
  TIMEOUT,
);
