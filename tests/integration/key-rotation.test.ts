import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { env } from "@/env";
import { startApp } from "../support/app-process";
import { sql } from "../support/database";
import { makePatients, type Person } from "../support/factories";
import { Api } from "../support/http";
import { routeHandlers } from "../support/routes";

const MINUTES = 180_000;
const PEOPLE = 24;

const phoneOf = ({ id }: Person) => `+91 ${Number.parseInt(id.slice(-6), 16)}0000`;
const write = (api: Api, person: Person, key: string = randomUUID()) =>
  api.write("PATCH", "/me", { phone: phoneOf(person) }, person, { key });

const register = (api: Api) => {
  const email = `${randomUUID()}@example.test`;
  const body = { email, password: "a horse that staples batteries", name: "Newcomer" };
  return api.post("/auth/register", body, null, { key: null });
};

test("after a key rotation during writes, everything can be decrypted without the old key", {
  timeout: MINUTES,
}, async () => {
  const [[version = 0, old = Buffer.alloc(0)] = []] = [...env.ENCRYPTION_KEYS.keys];
  const both = `${version}:${old.toString("base64")},2:${randomBytes(32).toString("base64")}`;
  const newest = both.split(",")[1] ?? "";
  expect(version).toBe(1);

  // These profiles are written under the old key, by a server that has no other key.
  const before = new Api(routeHandlers);
  const people = await makePatients(PEOPLE);
  const keyOf = ({ id }: Person) => `first-${id}`;
  for (const person of people)
    expect((await write(before, person, keyOf(person))).status).toBe(200);

  const app = await startApp({ ENCRYPTION_KEYS: both });
  let rotating = true;
  const statuses = new Set<number>();
  const writing = (async () => {
    for (let n = 0; rotating; n++) {
      const person = people[n % PEOPLE];
      if (person) statuses.add((await write(app.api, person)).status);
      if (n % 4 === 0) statuses.add((await register(app.api)).status);
    }
  })();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "scripts/cli/keys-rotate.ts"],
    { env: { ...process.env, NODE_OPTIONS: "", ENCRYPTION_KEYS: both } },
  );
  rotating = false;
  await writing;
  await app.stop();
  expect([...statuses]).toEqual([200]);
  expect(stdout).toContain(
    `Encrypted ${PEOPLE} data keys and ${PEOPLE} stored answers with key version 2`,
  );
  const versions = await sql("SELECT DISTINCT kek_version AS version FROM data_keys");
  expect(versions).toEqual([{ version: 2 }]);

  const after = await startApp({ ENCRYPTION_KEYS: newest });
  for (const person of people) {
    const { status, body } = await after.api.get("/me", person);
    expect({ status, body }).toMatchObject({ status: 200, body: { phone: phoneOf(person) } });
    const again = await write(after.api, person, keyOf(person));
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
  }
});
