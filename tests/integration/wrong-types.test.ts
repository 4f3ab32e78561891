import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { appRouter } from "@/server/trpc/root";
import { type Caller, RULES } from "../support/access";
import { inputOf, makeWorld, tokenOf, type World } from "../support/access-world";
import { callOver, PROCEDURES } from "../support/endpoints";
import { makeDoctor, makePatient } from "../support/factories";
import { Api } from "../support/http";
import { expectRefused } from "../support/refusals";
import { routeHandlers } from "../support/routes";
import { type TypedField, typedFields } from "./fixtures/typed-fields";

// The process calls tRPC, then REST, then tRPC again: REST coerces inputs, and must not change what the
// shared validators accept.

type Procedure = { _def: { inputs?: z.ZodType[] } };
const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;
const inputSchema = (path: string) => procedures[path]?._def.inputs?.[0];

const places = PROCEDURES.flatMap((path) => {
  const schema = inputSchema(path);
  return (schema ? typedFields(schema) : []).map((place) => ({ path, place }));
});
const callerOf = (path: string): Caller => {
  const audience = RULES[path]?.for;
  return audience === "doctor" || audience === "admin" ? audience : "patient";
};

function wrongValues({ type, isNullable }: TypedField): unknown[] {
  const others = type === "number" ? [true, false, "5", "0"] : [0, 1, "true", "false"];
  return [...others, "", [], {}, ...(isNullable ? [] : [null])];
}

/** The paths that the issues name, including those inside the options of a union. */
function pathsOf(issues: z.core.$ZodIssue[], base: PropertyKey[] = []): string[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    const inner = issue.code === "invalid_union" ? issue.errors.flat() : [];
    return [path.join("."), ...pathsOf(inner, path)];
  });
}

const api = new Api(routeHandlers);
let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);

/** The values of a wrong type that the schema or tRPC accepts. */
async function acceptedThroughTrpc(): Promise<string[]> {
  const accepted: string[] = [];
  for (const { path, place } of places) {
    const rule = RULES[path] ?? { for: "anyone" };
    const token = await tokenOf(world, rule, callerOf(path), false);
    const valid = await inputOf(world, rule, callerOf(path), "own");
    for (const value of wrongValues(place)) {
      const what = `${path} ${place.path.join(".")} = ${JSON.stringify(value)}`;
      const wrong = place.inputWith(value);
      const { error } = inputSchema(path)?.safeParse(wrong) ?? {};
      const isNamed = pathsOf(error?.issues ?? []).includes(place.path.join("."));
      const answer = await callOver("tRPC", path, { ...valid, ...Object(wrong) }, token);
      if (!isNamed || answer?.status !== 400) accepted.push(`${what}: ${answer?.status}`);
    }
  }
  return accepted;
}

/** Calls each procedure that REST serves once with a sign-in and once without. */
async function callAllOverRest(): Promise<void> {
  for (const path of PROCEDURES) {
    const rule = RULES[path] ?? { for: "anyone" };
    const valid = await inputOf(world, rule, callerOf(path), "absent");
    await callOver("REST", path, valid, null);
    const token = await tokenOf(world, rule, callerOf(path), path === "auth.logout");
    await callOver("REST", path, valid, token);
  }
}

test("the tested inputs include numbers and booleans in lists, queries and nested objects", () => {
  const named = places.map(({ path, place }) => `${path} ${place.path.join(".")}`);
  expect(named).toContain("doctors.list maxFee");
  expect(named).toContain("availability.set rules.0.slotMinutes");
  expect(named).toContain("doctors.sendApplication fee.amount");
});

test("tRPC refuses every value of the wrong type, before and after REST calls", async () => {
  expect(await acceptedThroughTrpc()).toEqual([]);
  await callAllOverRest();
  expect(await acceptedThroughTrpc()).toEqual([]);
}, 300_000);

describe("REST, which reads only decimal integers from a query string,", () => {
  test.each(["1e1", "0x10", "010", "+5", " 5", "5 ", "5.0", "-0", "1_0", "١", "true", "", "null"])(
    "answers 400 to limit=%s",
    async (text) => {
      const query = new URLSearchParams({ limit: text });
      await expectRefused(api.get(`/doctors?${query}`), 400, "INVALID_INPUT");
    },
  );

  test("reads limit=2 as two, and refuses a number that is given twice", async () => {
    await makeDoctor();
    const { status, body } = await api.get("/doctors?limit=2");
    expect(status).toBe(200);
    expect((body as { items: unknown[] }).items).toHaveLength(2);
    await expectRefused(api.get("/doctors?limit=2&limit=3"), 400, "INVALID_INPUT");
  });

  test("refuses a number that is written as text in a JSON body", async () => {
    const patient = await makePatient();
    const booking = `/bookings/${randomUUID()}/cancel`;
    for (const amount of ["5", true, null]) {
      const call = api.post(booking, { expectedRefund: amount }, patient);
      await expectRefused(call, 400, "INVALID_INPUT");
    }
  });

  test("names the field that has the wrong type", async () => {
    const { body } = await api.get("/doctors?limit=many");
    expect(body).toMatchObject({ issues: [{ path: ["limit"], code: "invalid_type" }] });
  });

  test("ignores an unknown parameter in the query string", async () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect((await api.get(`/doctors?${name}=1`)).status).toBe(200);
    }
  });
});
