import { once } from "node:events";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type RunningServer, startServer } from "@/server/main";
import { sql, waitingForLocks, withConnection } from "../support/database";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";

const stopJobs = vi.hoisted(() => vi.fn(async () => undefined));
vi.mock("@/server/job-engine", () => ({ startJobs: () => ({ stop: stopJobs }) }));

let server: RunningServer;
let closed: Promise<void> | undefined;
const agent = new Agent({ keepAlive: true });
afterEach(async () => {
  await (closed ?? server.close());
  closed = undefined;
  agent.destroy();
});

const start = async (jobs = false) => {
  server = await startServer({ pages: false, jobs });
};
/** Starts to stop the server, with this many seconds of grace time. */
const beginToStop = (graceSeconds: number) => {
  closed = server.close(graceSeconds);
};

async function get(path: string) {
  const outgoing = request(server.url + path, { agent }).end();
  const [incoming] = await once(outgoing, "response");
  const { statusCode: status, headers } = incoming;
  const body: unknown = JSON.parse((await text(incoming)) || "null");
  return { status, connection: headers.connection, body };
}

describe("a server that is asked to stop", () => {
  test("serves in its grace time, reports that it is not ready, and closes each connection", async () => {
    await start();
    // The first connections to the database may be slow.
    const before = () => get("/api/health/ready");
    await expect
      .poll(before, { timeout: 20_000 })
      .toMatchObject({ status: 200, connection: "keep-alive" });
    beginToStop(2);
    const ready = await get("/api/health/ready");
    expect(ready).toMatchObject({ status: 503, connection: "close" });
    expect(ready.body).toMatchObject({ status: "stopping", missing: ["server"] });
    for (const path of ["/api/v1/doctors", "/api/trpc/doctors.list?input={}", "/api/health/live"]) {
      expect(await get(path)).toMatchObject({ status: 200, connection: "close" });
    }
    expect((await get("/nothing")).connection).toBe("close");
  });

  test("accepts new connections in its grace time, and none afterwards", async () => {
    await start();
    beginToStop(1);
    const first = await fetch(`${server.url}/api/v1/doctors`);
    expect(first.headers.get("connection")).toBe("close");
    await closed;
    await expect(fetch(`${server.url}/api/v1/doctors`)).rejects.toThrow();
  });

  test("finishes a write that is in progress, and closes its connection", async () => {
    await start();
    const slot = await makeSlot(await makeDoctor());
    const { token } = await makePatient();
    const answer = await withConnection(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT FROM availability_slots WHERE id = $1 FOR UPDATE", [slot.id]);
      const headers = {
        authorization: `Bearer ${token}`,
        "idempotency-key": "one",
        "content-type": "application/json",
      };
      const outgoing = request(`${server.url}/api/v1/bookings`, { method: "POST", agent, headers });
      outgoing.end(JSON.stringify({ slotId: slot.id }));
      await expect.poll(waitingForLocks, { timeout: 20_000 }).toBeGreaterThan(0);
      beginToStop(0);
      await client.query("COMMIT");
      const [incoming] = await once(outgoing, "response");
      await text(incoming);
      return incoming;
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.connection).toBe("close");
    await closed;
    const bookings = await sql("SELECT 1 FROM bookings WHERE slot_id = $1", [slot.id]);
    expect(bookings).toHaveLength(1);
  });

  test("closes idle connections without waiting for them", async () => {
    await start();
    await get("/api/v1/doctors");
    beginToStop(0);
    await closed;
    await expect(get("/api/v1/doctors")).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
  });

  test("is ready again after a restart", async () => {
    await start();
    await server.close();
    await start();
    const ready = async () => (await get("/api/health/ready")).status;
    await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  });

  test("stops the jobs while it still serves, so that they start no new work", async () => {
    await start(true);
    let served = 0;
    stopJobs.mockImplementation(async () => {
      served = (await get("/api/v1/doctors")).status ?? 0;
    });
    beginToStop(2);
    await closed;
    expect(stopJobs).toHaveBeenCalledOnce();
    expect(served).toBe(200);
  });
});
