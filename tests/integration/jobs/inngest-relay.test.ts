import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

// The environment is read once, at the first import of the app: set it before every import.
const port = await vi.hoisted(async () => {
  const { freePort } = await import("../../../scripts/launcher/postgres");
  const free = await freePort();
  process.env.INNGEST_DEV = `http://127.0.0.1:${free}`;
  return free;
});

import * as route from "@/app/api/inngest/route";
import { env } from "@/env";
import { functions } from "@/server/functions";
import { relayToServer } from "@/server/job-engine/relay";
import { registerWithServer } from "@/server/job-engine/server";
import { startServer } from "@/server/main";
import { sql, withConnection } from "../../support/database";
import { emitEvent, emitMany, engine, until } from "../../support/jobs";

type Sent = { id: string; name: string; data: Record<string, unknown> };
type Registration = { url: string; functions: Array<{ id: string }> };

/** A simulated Inngest server that accepts registrations and events. */
const inngestServer = {
  sent: [] as Sent[][],
  registered: [] as Registration[],
  status: 200,
};

const server = createServer(async (request, response) => {
  const body = await json(request);
  if (request.url === "/fn/register") inngestServer.registered.push(body as Registration);
  else if (request.url?.startsWith("/e/")) inngestServer.sent.push(body as Sent[]);
  const ids = inngestServer.sent.at(-1)?.map(({ id }) => id) ?? [];
  response.writeHead(inngestServer.status, { "content-type": "application/json" });
  response.end(JSON.stringify({ ids, status: inngestServer.status, ok: true }));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve)));
afterAll(() => server.close());
afterEach(() => {
  Object.assign(inngestServer, { sent: [], registered: [], status: 200 });
});

const left = async () => (await sql("SELECT id FROM outbox")).length;
const sentIds = () => inngestServer.sent.flat().map(({ id }) => id);

describe("with an Inngest server", () => {
  test("the app registers its functions and sends each event with the id of its outbox row", async () => {
    const id = await emitEvent("booking/expired", { bookingId: "b" });
    engine(functions);
    await until("registered", () => inngestServer.registered.length > 0);
    await until("sent", () => inngestServer.sent.length > 0);
    const [registration] = inngestServer.registered;
    expect(registration?.url).toContain(`${env.APP_URL}/api/inngest`);
    expect(registration?.functions.map((fn) => fn.id)).toContain("amrutam-expire-unpaid-booking");
    expect(inngestServer.sent).toMatchObject([
      [{ id, name: "booking/expired", data: { bookingId: "b" } }],
    ]);
    await until("the outbox is empty", async () => (await left()) === 0);
    // The embedded engine must not have run anything.
    expect(await sql("SELECT 1 FROM job_runs UNION ALL SELECT 1 FROM job_events")).toEqual([]);
  });

  test("the app repeats the registration until it stops, because a restarted server has lost it", async () => {
    const stopped = new AbortController();
    const registering = registerWithServer(functions, stopped.signal, 20);
    await until("registered again", () => inngestServer.registered.length > 2);
    inngestServer.status = 500;
    inngestServer.registered = [];
    await until("a registration has failed", () => inngestServer.registered.length > 0);
    inngestServer.status = 200;
    await until("registered again", () => inngestServer.registered.length > 3);
    stopped.abort();
    await registering;
  });

  test("two relays send each row once", async () => {
    await emitMany("test/many", Array(600).fill({}));
    const relay = async () => {
      for (let count = 1; count > 0; ) count = await relayToServer();
    };
    await Promise.all([relay(), relay()]);
    expect(sentIds()).toHaveLength(600);
    expect(new Set(sentIds()).size).toBe(600);
    expect(await left()).toBe(0);
  });

  test("a row stays in the outbox until the server accepts it, and is sent again with the same id", async () => {
    const id = await emitEvent("test/refused", {});
    inngestServer.status = 500;
    await expect(relayToServer()).rejects.toThrow();
    expect(await left()).toBe(1);
    inngestServer.status = 200;
    inngestServer.sent = [];
    expect(await relayToServer()).toBe(1);
    expect(sentIds()).toEqual([id]);
    expect(await left()).toBe(0);
  });

  test("a row that a dead relay had leased is sent once the lease ends", async () => {
    const id = await emitEvent("test/leased", {});
    await sql("UPDATE outbox SET leased_until = clock_timestamp() + interval '1 hour'");
    expect(await relayToServer()).toBe(0);
    await sql("UPDATE outbox SET leased_until = clock_timestamp() - interval '1 second'");
    expect(await relayToServer()).toBe(1);
    expect(sentIds()).toEqual([id]);
  });

  test("the route runs a function when the server calls it", async () => {
    const event = {
      id: "e",
      name: "booking/held",
      data: { bookingId: "b", holdExpiresAt: "2030-01-01T00:00:00.000Z" },
    };
    const url = `${env.APP_URL}/api/inngest?fnId=amrutam-expire-unpaid-booking&stepId=step`;
    const ctx = { run_id: "r", attempt: 0, disable_immediate_execution: false, use_api: false };
    const body = JSON.stringify({ version: 1, event, events: [event], steps: {}, ctx });
    const answer = await route.POST(new Request(url, { method: "POST", body }));
    expect(answer.status).toBe(206);
    expect(await answer.json()).toMatchObject([{ op: "Sleep", name: event.data.holdExpiresAt }]);
  });

  test("a step may take longer than an API call, and its request may be chunked, as some proxies do", async () => {
    const event = { id: "e", name: "inngest/scheduled.timer", data: {} };
    const ctx = { run_id: "r", attempt: 0, disable_immediate_execution: false, use_api: false };
    const body = JSON.stringify({ version: 2, event, events: [event], steps: {}, ctx });
    const app = await startServer({ pages: false, jobs: false, responseTimeout: 200 });
    const url = `${app.url}/api/inngest?fnId=amrutam-purge-idempotency-keys&stepId=step`;
    const chunked: RequestInit & { duplex: "half" } = {
      method: "POST",
      body: new Blob([body]).stream(),
      duplex: "half",
    };
    const answer = await withConnection(async (client) => {
      await client.query("BEGIN");
      await client.query("LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE");
      const answered = fetch(url, chunked);
      await sleep(600);
      await client.query("ROLLBACK");
      return answered;
    });
    expect(answer.status).toBe(206);
    expect(await answer.json()).toMatchObject([{ op: "StepRun", data: 0 }]);
    await app.close();
  });
});
