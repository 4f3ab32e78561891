import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "@/server/main";
import { poolState } from "@/server/platform/db";
import { rowCounts, waitingForLocks, withConnection } from "../support/database";
import { makeDoctor, makePatient, makeSlot, type Person } from "../support/factories";

/** These tests need a real socket. */
let server: RunningServer | undefined;
const start = async () => {
  server = await startServer({ pages: false, jobs: false });
  return server.url;
};
afterEach(async () => {
  await server?.close();
  server = undefined;
});

type Sent = { method: string; headers?: Record<string, string>; agent?: Agent | false };

/** Sends a request whose body comes in chunks, without a Content-Length. */
async function send(url: string, { method, headers, agent = false }: Sent, chunks: string[] = []) {
  const outgoing = httpRequest(url, { method, headers, agent });
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  for (const chunk of chunks) outgoing.write(chunk);
  outgoing.end();
  const [incoming] = await answered;
  return { status: incoming.statusCode, headers: incoming.headers, body: await text(incoming) };
}

const as = (person: Person) => ({
  "content-type": "application/json",
  authorization: `Bearer ${person.token}`,
  "idempotency-key": "one",
});

const TWO_MEGABYTES = Array.from({ length: 32 }, () => "x".repeat(64 * 1024));

describe("the Node server", () => {
  test("answers 413 to a chunked body that is too long, and keeps the connection open", async () => {
    const url = await start();
    const patient = await makePatient();
    const before = await rowCounts();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ["/api/v1/bookings", "/api/trpc/bookings.hold"]) {
      const sent = { method: "POST", headers: as(patient), agent };
      const { status, body } = await send(url + path, sent, TWO_MEGABYTES);
      expect(status).toBe(413);
      expect(JSON.parse(body)).toMatchObject({ data: { reason: "PAYLOAD_TOO_LARGE" } });
    }
    expect(
      (await send(`${url}/api/v1/me`, { method: "GET", headers: as(patient), agent })).status,
    ).toBe(200);
    agent.destroy();
    expect(await rowCounts()).toEqual(before);
  });

  test("answers 413 as soon as the body exceeds the limit, before it has ended", async () => {
    const url = await start();
    const headers = as(await makePatient());
    const outgoing = httpRequest(`${url}/api/v1/bookings`, { method: "POST", headers });
    const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
    for (const chunk of TWO_MEGABYTES) outgoing.write(chunk);
    const [incoming] = await answered;
    expect(incoming.statusCode).toBe(413);
    outgoing.destroy();
  });

  test.each([
    ["OPTIONS", 404],
    ["HEAD", 404],
    ["TRACE", 405],
    ["PROPFIND", 405],
  ])("refuses %s with %i", async (method, expected) => {
    const url = await start();
    const { status, headers } = await send(`${url}/api/v1/doctors`, { method });
    expect(status).toBe(expected);
    expect(headers["x-request-id"]).toBeTruthy();
    expect("allow" in headers).toBe(expected === 405);
  });

  test.each([
    ["headers", "GET /api/v1/doctors HTTP/1.1\r\nHost: slow\r\n"],
    ["body", 'POST /api/v1/auth/login HTTP/1.1\r\nHost: slow\r\nContent-Length: 50\r\n\r\n{"email'],
  ])(
    "disconnects a client that sends its %s too slowly, and answers others",
    async (_what, sent) => {
      server = await startServer({ pages: false, jobs: false, requestTimeout: 600 });
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      // The client keeps sending single bytes: an idle connection would prove less.
      const drip = setInterval(() => socket.write("a"), 100);
      socket.write(sent);
      const answer = text(socket);
      const other = await send(`${server.url}/api/v1/doctors`, { method: "GET" });
      expect(other.status).toBe(200);
      expect(await answer).toContain(" 408 ");
      clearInterval(drip);
    },
  );

  test("refuses a request to a page whose body is too long or has no Content-Length", async () => {
    const url = await start();
    const known = { "content-length": String(2_000_000) };
    for (const headers of [known, { "transfer-encoding": "chunked" }]) {
      const answer = await send(`${url}/api/auth/callback/credentials`, {
        method: "POST",
        headers,
      });
      expect(answer.status).toBe(413);
    }
  });

  test("finishes running requests before it closes, then accepts no request and holds no database connection", async () => {
    const url = await start();
    const slot = await makeSlot(await makeDoctor());
    const patient = await makePatient();
    const body = JSON.stringify({ slotId: slot.id });
    let closed: Promise<void> | undefined;
    const answer = await withConnection(async (client) => {
      // The slot's row stays locked, so that the booking is still running when the server closes.
      await client.query("BEGIN");
      await client.query("SELECT FROM availability_slots WHERE id = $1 FOR UPDATE", [slot.id]);
      const sent = { method: "POST", headers: as(patient) };
      const pending = send(`${url}/api/v1/bookings`, sent, [body]);
      await expect.poll(waitingForLocks, { timeout: 20_000 }).toBeGreaterThan(0);
      closed = server?.close();
      await client.query("COMMIT");
      return pending;
    });
    await closed;
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ slotId: slot.id, status: "PENDING" });
    await expect(fetch(`${url}/api/v1/doctors`)).rejects.toThrow();
    expect(poolState()).toEqual({ total: 0, idle: 0, waiting: 0 });
  });
});
