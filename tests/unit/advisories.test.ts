import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { findAdvisories } from "../../scripts/checks/advisories";

const ends: Array<() => void> = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** npm takes several seconds to start on a busy machine. */
const NPM_TIMEOUT_MS = 60_000;

/** Asks a local registry about a lock file with a production package, `ships`, and a development one, `builds`. */
async function ask(answer: RequestListener) {
  const folder = mkdtempSync(path.join(tmpdir(), "amrutam-advisories-"));
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => rmSync(folder, { recursive: true }));
  ends.push(() => server.close());
  const root = { name: "here", version: "1.0.0" };
  const needs = { dependencies: { ships: "1.0.0" }, devDependencies: { builds: "1.0.0" } };
  const packages = {
    "": { ...root, ...needs },
    "node_modules/ships": { version: "1.0.0" },
    "node_modules/builds": { version: "1.0.0", dev: true },
  };
  const lock = { ...root, lockfileVersion: 3, requires: true, packages };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...root, ...needs }));
  writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
  const { port } = server.address() as AddressInfo;
  return findAdvisories(folder, {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: path.join(folder, "cache"),
    npm_config_fetch_retries: "0",
  });
}

test("findAdvisories reports production packages with an advisory, not development packages", {
  timeout: NPM_TIMEOUT_MS,
}, async () => {
  const advisory = { id: 1, url: "", title: "Bad", severity: "high", vulnerable_versions: "<2" };
  const versions = { "1.0.0": { version: "1.0.0" }, "2.0.0": { version: "2.0.0" } };
  const ships = { name: "ships", "dist-tags": { latest: "2.0.0" }, versions };
  const found = await ask(async (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.method === "GET") return void response.end(JSON.stringify(ships));
    const asked = (await json(request.pipe(createGunzip()))) as Record<string, string[]>;
    const known = Object.keys(asked).map((name) => [name, [advisory]]);
    response.end(JSON.stringify(Object.fromEntries(known)));
  });
  expect(found).toMatchObject([{ name: "ships", severity: "high", range: "<2" }]);
});

test("findAdvisories throws if the registry refuses the request", {
  timeout: NPM_TIMEOUT_MS,
}, async () => {
  const asking = ask((_request, response) => void response.writeHead(405).end());
  await expect(asking).rejects.toThrow(/did not answer about advisories: 405/);
});
