import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { env } from "@/env";
import { db } from "@/server/platform/db";
import { appRouter } from "@/server/trpc/root";
import { Api } from "../support/http";
import { routeHandlers } from "../support/routes";

const api = new Api(routeHandlers);

type Procedure = { _def: { meta?: { openapi?: { method: string; path: string } } } };
const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;

type Operation = { summary?: string; security?: unknown[]; responses: Record<string, unknown> };
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };

/** The operations that the contract requires. */
const PROMISED = [
  "POST /auth/register",
  "POST /auth/verify",
  "POST /auth/login",
  "POST /auth/refresh",
  "POST /auth/logout",
  "GET /me",
  "PATCH /me",
  "GET /doctors",
  "GET /doctors/{doctorId}",
  "GET /doctors/{doctorId}/slots",
  "POST /doctor/slots",
  "DELETE /doctor/slots/{slotId}",
  "GET /doctor/bookings",
  "POST /bookings",
  "GET /bookings",
  "GET /bookings/{bookingId}",
  "GET /admin/analytics/summary",
  "GET /admin/analytics/utilization",
];

describe("openapi.json", () => {
  const operations = async () => {
    const { body } = await api.send("/api/openapi.json");
    const { openapi, paths } = body as Document;
    expect(openapi).toMatch(/^3\.1/);
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
  };

  test("lists every procedure that REST serves, and every operation that the contract requires", async () => {
    const served = Object.values(procedures).flatMap(({ _def }) => {
      const rest = _def.meta?.openapi;
      return rest ? [`${rest.method} ${rest.path}`] : [];
    });
    const names = (await operations()).map(({ name }) => name);
    expect(names.sort()).toEqual(served.sort());
    expect(names).toEqual(expect.arrayContaining(PROMISED));
  });

  test("gives each operation a summary, its answers and whether it requires a sign-in", async () => {
    for (const { name, operation } of await operations()) {
      expect(operation.summary, name).toBeTruthy();
      expect(Object.keys(operation.responses), name).toContain("200");
      const answer = await api.send(`/api/v1${name.split(" ")[1]}`.replace(/\{\w+\}/g, "x"), {
        method: name.split(" ")[0],
      });
      if ((operation.security?.length ?? 0) > 0) expect(answer.status, name).toBe(401);
      else expect([200, 400, 401], name).toContain(answer.status);
    }
  });
});

/** Runs `work` while nobody can connect to the test's database. */
async function withoutDatabase<T>(work: () => Promise<T>): Promise<T> {
  const name = new URL(env.DATABASE_URL).pathname.slice(1);
  const admin = new pg.Client({ connectionString: inject("adminUrl") });
  await admin.connect();
  try {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    await admin.query(cut, [name]);
    return await work();
  } finally {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();
  }
}

describe("health", () => {
  test("is live while the process runs", async () => {
    expect(await api.send("/api/health/live")).toMatchObject({
      status: 200,
      body: { status: "live" },
    });
  });

  test("is ready while the database can be reached, and names the database when it cannot", async () => {
    expect((await api.send("/api/health/ready")).status).toBe(200);
    const answer = await withoutDatabase(() => api.send("/api/health/ready"));
    expect(answer).toMatchObject({ status: 503, body: { missing: ["database"] } });
    expect(answer.headers.get("retry-after")).toBeTruthy();
    const ready = async () => (await api.send("/api/health/ready")).status;
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
  });
});

describe("metrics", () => {
  test("count calls by procedure and outcome, transaction tries and database connections", async () => {
    await api.get("/me");
    await db.$queryRaw`SELECT 1`;
    const { status, text, headers } = await api.send("/api/metrics");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /amrutam_procedure_seconds_count\{path="me\.get",code="UNAUTHORIZED"\} [1-9]/,
    );
    expect(text).toMatch(/amrutam_db_connections\{state="total"\} [1-9]/);
    expect(text).toMatch(/amrutam_transaction_tries_count \d/);
  });
});
