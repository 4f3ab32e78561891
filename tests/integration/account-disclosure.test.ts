import { randomUUID } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import pg from "pg";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { login, makeMember, PASSWORD } from "../support/accounts";
import type { Person } from "../support/factories";
import { type Answer, useHost } from "../support/http";
import { sendOwedMails } from "../support/mails";

// The time that an answer takes must not disclose whether an address has an account. Time itself is hard
// to test, so these tests compare the work: the same password hashes and the same SQL statements.
vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  return { ...real, hash: vi.fn(real.hash), verify: vi.fn(real.verify) };
});

afterEach(() => vi.restoreAllMocks());

/** Records the work of a call: the cost of each hash, and the SQL statements in order. */
async function workOf(call: () => Promise<Answer>) {
  const [hashed, verified] = [vi.mocked(hash), vi.mocked(verify)];
  for (const mock of [hashed, verified]) mock.mockClear();
  const statements: string[] = [];
  const query = vi.spyOn(pg.Client.prototype, "query");
  const { status, text } = await call();
  for (const [first] of query.mock.calls as unknown as Array<[string | { text: string }]>) {
    const text = typeof first === "string" ? first : first.text;
    // The pool may open a connection during the call: leave out the statement that checks it.
    if (!text.includes("pg_backend_pid()")) statements.push(text);
  }
  query.mockRestore();
  return {
    answer: [status, text.replace(/"requestId":"[^"]*"/, "")],
    hashes: hashed.mock.calls.map(([, cost]) => cost),
    // A comparison costs what the stored hash says.
    compared: verified.mock.calls.map(([stored]) => String(stored).split("$").slice(1, 4)),
    statements,
  };
}

describe("the server does the same work for known and unknown addresses", () => {
  const api = useHost("node server");
  const nobody = () => `${randomUUID()}@example.test`;
  const post = (path: string, body: object) => api.post(path, body, null, { key: null });
  let person: Person;

  beforeAll(async () => {
    person = await makeMember("patient");
    // Opens the connection, and makes the hash that is compared with where there is no account.
    await login(api, nobody());
    await login(api, person.email);
  });

  test("at a sign-in with a wrong password", async () => {
    const known = await workOf(() => login(api, person.email, undefined, "not the right one"));
    const unknown = await workOf(() => login(api, nobody(), undefined, "not the right one"));
    expect(known.answer[0]).toBe(401);
    expect(known.compared).toHaveLength(1);
    expect(known.statements.length).toBeGreaterThan(3);
    expect(unknown).toEqual(known);
  });

  test("at a registration", async () => {
    const register = (email: string) =>
      post("/auth/register", { email, password: PASSWORD, name: "New Patient" });
    const known = await workOf(() => register(person.email));
    const unknown = await workOf(() => register(nobody()));
    expect(known.answer[0]).toBe(200);
    expect(known.hashes).toEqual([{ memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }]);
    expect(known.statements.length).toBeGreaterThan(3);
    expect(unknown).toEqual(known);
  });

  test("at a sign-in with the password of an unconfirmed registration", async () => {
    const password = "another long password 7";
    const free = nobody();
    for (const email of [person.email, free]) {
      await post("/auth/register", { email, password, name: "New Patient" });
    }
    const known = await workOf(() => login(api, person.email, undefined, password));
    const unknown = await workOf(() => login(api, free, undefined, password));
    expect(known.answer[0]).toBe(401);
    expect(known.compared).toHaveLength(1);
    expect(unknown).toEqual(known);
  });

  test("at a wrong confirmation code", async () => {
    const fresh = nobody();
    await post("/auth/register", { email: fresh, password: PASSWORD, name: "New Patient" });
    await sendOwedMails();
    const verify = (email: string) => post("/auth/verify", { email, code: "not it" });
    const known = await workOf(() => verify(fresh));
    expect(known.answer[0]).toBe(401);
    expect(known.statements.length).toBeGreaterThan(3);
    for (const email of [person.email, nobody()]) {
      expect(await workOf(() => verify(email))).toEqual(known);
    }
  });

  test("at a request for a password reset", async () => {
    const ask = (email: string) => post("/auth/reset/request", { email });
    const known = await workOf(() => ask(person.email));
    const unknown = await workOf(() => ask(nobody()));
    expect(known.answer[0]).toBe(200);
    expect(known.statements.length).toBeGreaterThan(3);
    expect(unknown).toEqual(known);
  });
});
