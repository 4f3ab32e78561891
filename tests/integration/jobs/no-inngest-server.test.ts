import { expect, test } from "vitest";
import * as route from "@/app/api/inngest/route";
import { env } from "@/env";

test("without an Inngest server the endpoint that runs jobs answers 404 to everybody", async () => {
  expect(Object.keys(route).sort()).toEqual(["GET", "POST", "PUT"]);
  const url = `${env.APP_URL}/api/inngest?fnId=amrutam-purge-idempotency-keys&stepId=step`;
  for (const [method, handler] of Object.entries(route)) {
    const request = new Request(url, { method, ...(method !== "GET" && { body: "{}" }) });
    const answer = await handler(request);
    expect(answer.status).toBe(404);
  }
});
