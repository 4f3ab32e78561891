import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "@/server/main";
import { answersIn, rawRequest, sendRaw } from "../support/raw-http";

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ pages: false, jobs: false });
});
afterAll(() => server.close());

const ask = async (text: string) => answersIn(await sendRaw(server.url, text))[0];

describe("a request that no client sends is refused as the caller's fault", () => {
  test.each([
    ["GET /api/v1/../../aaaaaa:99999", 400],
    ["GET /api/v1/../doctors", 400],
    ["GET /api/v1/%2e%2E/doctors", 400],
    ["GET /./sign-in", 400],
    ["GET /doctors/..", 400],
    ["GET *", 400],
    ["OPTIONS *", 400],
    ["GET //evil.example/x", 400],
    ["GET /\\evil.example", 400],
    ["GET /%", 400],
    ["GET /sign-in%E0%A4%A", 400],
    ["GET http://[::1", 400],
    ["GET http:///", 400],
    ["GET ftp://localhost/", 400],
    ["GET localhost:80", 400],
    ["TRACE /sign-in", 405],
    ["PROPFIND /api/v1/doctors", 405],
    ["PURGE /", 405],
  ])("%s: %i", async (line, status) => {
    expect(await ask(rawRequest(line))).toMatchObject({ status });
  });

  test.each(["a b", "[", "::1", "localhost:99999", "a:b:c", "%", "a@b:c@d"])(
    "GET / with Host: %s: 400",
    async (host) => {
      const text = `GET /sign-in HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expect(await ask(text)).toMatchObject({ status: 400 });
    },
  );

  test("the answer names its reason and its request", async () => {
    const answer = await ask(rawRequest("GET *", "X-Request-Id: mine"));
    expect(answer?.head).toMatch(/^x-request-id: mine$/im);
    expect(JSON.parse(answer?.body ?? "")).toMatchObject({
      code: "BAD_REQUEST",
      data: { reason: "INVALID_INPUT", requestId: "mine" },
    });
  });

  test("an address that HTTP allows in full is read as its path", async () => {
    const answer = await ask(rawRequest(`GET ${server.url}/api/v1/doctors?limit=1`));
    expect(answer).toMatchObject({ status: 200 });
  });
});

describe("requests that a caller sends without reading answers", () => {
  test("are all answered in order, and the description is the same bytes", async () => {
    const count = 500;
    const one = (number: number) =>
      `GET /api/openapi.json HTTP/1.1\r\nHost: x\r\nX-Request-Id: r${number}\r\n\r\n`;
    const many = Array.from({ length: count }, (_, number) => one(number)).join("");
    const answers = answersIn(await sendRaw(server.url, many + rawRequest("GET /api/health/live")));
    expect(answers).toHaveLength(count + 1);
    const ids = answers.map(({ head }) => /^x-request-id: (\S+)/im.exec(head)?.[1]);
    expect(ids.slice(0, count)).toEqual(answers.slice(0, count).map((_, number) => `r${number}`));
    expect(new Set(answers.slice(0, count).map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(answers[0]?.body ?? "")).toMatchObject({ openapi: "3.1.0" });
  });

  test("writes with bodies among them are read whole", async () => {
    const body = JSON.stringify({ refreshToken: "x".repeat(5_000) });
    const write = `POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = answersIn(
      await sendRaw(server.url, write.repeat(40) + rawRequest("GET /api/health/live")),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual([...Array(40).fill(answers[0]?.status), 200]);
    expect([400, 401]).toContain(answers[0]?.status);
  });
});
