import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { waitUntilReady } from "../../scripts/launcher/ready";

let server: Server | undefined;
afterEach(() => void server?.close());

/** Starts a server that gives these answers in order, and then repeats the last one. */
async function serve(answers: Array<[number, object]>): Promise<string> {
  server = createServer((_incoming, outgoing) => {
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}];
    outgoing.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const READY: [number, object] = [200, { status: "ready" }];

test("a start prints what is missing, once for each change, until the app is ready", async () => {
  const readOnly: [number, object] = [503, { missing: ["database"], database: "read-only" }];
  const noJobs: [number, object] = [503, { missing: ["jobs"], database: "writable" }];
  const printed: string[] = [];
  const url = await serve([readOnly, readOnly, noJobs, READY]);
  await waitUntilReady(url, (line) => printed.push(line), 0);
  expect(printed).toEqual(["Not ready yet: the database is read-only", "Not ready yet: no jobs"]);
});

test("a start that is ready almost at once prints nothing", async () => {
  const printed: string[] = [];
  const url = await serve([[503, { missing: ["jobs"], database: "writable" }], READY]);
  await waitUntilReady(url, (line) => printed.push(line));
  expect(printed).toEqual([]);
});
