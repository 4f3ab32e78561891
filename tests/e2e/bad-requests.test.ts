import { describe, expect, inject, test } from "vitest";
import { answersIn, rawRequest, sendRaw } from "../support/raw-http";

// Without the app's checks, Next and next-auth answer each of these with 500, or close the connection.
const ask = async (line: string, ...headers: string[]) => {
  const sent = await sendRaw(inject("baseUrl"), rawRequest(line, ...headers));
  return Number(sent.split(" ")[1]);
};

describe("a request that Next or next-auth cannot read", () => {
  test.each([
    ["GET /api/auth/signin?callbackUrl=http://["],
    ["GET /api/auth/session", "Cookie: next-auth.callback-url=http%3A%2F%2F%5B"],
    ["GET /nothing", "RSC: 1", "Next-Router-State-Tree: garbage"],
    ["GET /nothing", "RSC: 1", "Next-Router-State-Tree: %5B%22%22%5D"],
    ["GET /dev/mailbox.json?to=%00"],
    ["GET /api/v1/../../aaaaaa:99999"],
    ["GET *"],
  ])("is answered with 400: %s %s", async (line, ...headers) => {
    expect(await ask(line, ...headers)).toBe(400);
  });

  test("is answered with 405: TRACE /sign-in", async () => {
    expect(await ask("TRACE /sign-in")).toBe(405);
  });

  test.each(["/", "/sign-in", "/api/v1/doctors?limit=1"])(
    "is answered with 200 if it only offers an upgrade: GET %s",
    async (path) => {
      expect(await ask(`GET ${path}`, "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")).toBe(
        200,
      );
    },
  );
});

test("50 pipelined requests for /api/openapi.json get equal documents", async () => {
  const request = "GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const sent = await sendRaw(
    inject("baseUrl"),
    request.repeat(50) + rawRequest("GET /api/health/live"),
  );
  const bodies = answersIn(sent).map(({ body }) => body);
  expect(bodies).toHaveLength(51);
  expect(new Set(bodies.slice(0, 50)).size).toBe(1);
});
