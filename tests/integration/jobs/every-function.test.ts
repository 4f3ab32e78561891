import { expect, test } from "vitest";
import { functions } from "@/server/functions";
import { cleanUp, nameOf, testCancelled, testRetries, testUndone } from "../../support/job-suites";
import { cases } from "./cases/all";
import { stripeCases } from "./cases/stripe";

cleanUp();

test("every function of the app has exactly one test case", () => {
  const tested = [...cases, ...stripeCases].map(({ fn }) => fn.id()).sort();
  expect(tested).toEqual(functions.map((fn) => fn.id()).sort());
});

test("every event that cancels a function's runs has a test case", async () => {
  for (const { fn, sleeping } of cases) {
    const events = (fn.opts.cancelOn ?? []).map(({ event }) => nameOf(event));
    const ends = Object.keys((await sleeping?.())?.ends ?? {});
    expect([fn.id(), ends.sort()]).toEqual([fn.id(), events.sort()]);
  }
});

testRetries(cases);
testUndone(cases);
testCancelled(cases);
