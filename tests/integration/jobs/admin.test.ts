import { expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { callerAs } from "../../support/caller";
import { sql } from "../../support/database";
import { makeAdmin, makePatient } from "../../support/factories";
import { emitEvent, engine, runsOf, until } from "../../support/jobs";

test("an admin sees job runs with their steps and tries, and restarts a failed run at the failed step", async () => {
  let isFixed = false;
  const calls: string[] = [];
  const fn = inngest.createFunction(
    { id: "fixed", triggers: [{ event: "test/fixed" }], retries: 1 },
    async ({ step }) => {
      await step.run("first", () => calls.push("first"));
      await step.run("second", () => {
        calls.push("second");
        if (!isFixed) throw new Error("not yet");
      });
    },
  );
  const jobs = engine([fn]);
  const eventId = await emitEvent("test/fixed", { secret: "stays inside" });
  await until("failed", async () => (await runsOf(fn))[0]?.status === "FAILED");
  await jobs.drain();

  const admin = callerAs(await makeAdmin());
  const { items } = await admin.jobs.list({ status: "FAILED" });
  expect(items).toMatchObject([
    {
      functionId: "amrutam-fixed",
      event: { id: eventId, name: "test/fixed" },
      status: "FAILED",
      attempts: 4,
      retries: 0,
      error: { name: "Error", message: "not yet" },
      dueAt: null,
    },
  ]);
  const runId = items[0]?.id ?? "";
  const detail = await admin.jobs.get({ runId });
  expect(detail.steps).toMatchObject([
    { name: "first", status: "COMPLETED", error: null },
    { name: "second", status: "FAILED", error: { message: "not yet" } },
  ]);
  expect(detail.tries.map(({ stepName, outcome }) => `${stepName} ${outcome}`)).toEqual([
    "first COMPLETED",
    "second FAILED",
    "second FAILED",
    "null FAILED",
  ]);
  expect(JSON.stringify(detail)).not.toContain("stays inside");

  isFixed = true;
  const key = "retry-once";
  const retrying = callerAs(await makeAdmin(), key).jobs;
  expect(await retrying.retry({ runId })).toMatchObject({ status: "QUEUED", retries: 1 });
  expect(await retrying.retry({ runId })).toMatchObject({ retries: 1 });
  await until("completed", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
  expect(calls).toEqual(["first", "second", "second", "second"]);
  expect(await sql("SELECT action, entity_id FROM audit_logs WHERE entity_type = 'job'")).toEqual([
    { action: "job.retried", entity_id: runId },
  ]);

  const again = callerAs(await makeAdmin()).jobs.retry({ runId });
  await expect(again).rejects.toMatchObject({ code: "CONFLICT" });
});

test("an admin lists job runs page by page and by function", async () => {
  const fn = inngest.createFunction(
    { id: "paged", triggers: [{ event: "test/paged" }] },
    async () => undefined,
  );
  engine([fn]);
  for (let n = 0; n < 5; n++) await emitEvent("test/paged", {});
  await until("ran", async () => (await runsOf(fn)).length === 5);
  const { jobs } = callerAs(await makeAdmin());
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await jobs.list({ limit: 2, functionId: "amrutam-paged", cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual((await runsOf(fn)).map(({ id }) => id).reverse());
});

test("a patient can neither see nor restart job runs, and an unknown run is NOT_FOUND", async () => {
  const { jobs } = callerAs(await makePatient());
  const runId = "01a00000-0000-7000-8000-000000000000";
  await expect(jobs.list({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(jobs.get({ runId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(jobs.retry({ runId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  const { jobs: admins } = callerAs(await makeAdmin());
  await expect(admins.get({ runId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(admins.retry({ runId })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
