import { expect, test, vi } from "vitest";
import { Api } from "../support/http";
import { routeHandlers } from "../support/routes";

// The environment is read once, so a test with another environment needs a file of its own.
vi.hoisted(() => {
  process.env.METRICS_TOKEN = "a token for the metrics";
});

test("the metrics are available only with the configured token", async () => {
  const api = new Api(routeHandlers);
  const read = async (authorization?: string) => {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    return (await api.send("/api/metrics", { headers })).status;
  };
  expect(await read()).toBe(401);
  expect(await read("Bearer another token")).toBe(401);
  expect(await read("Bearer a token for the metrics")).toBe(200);
});
