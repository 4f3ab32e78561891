import { afterEach, expect, test, vi } from "vitest";

// Each test sets its environment first and then imports the app.
const before = { ...process.env };
afterEach(() => {
  for (const name of ["AMRUTAM_MODE", "SMTP_URL"]) delete process.env[name];
  Object.assign(process.env, before);
  vi.resetModules();
});

const SMTP_URL = "smtp://127.0.0.1:2525";

test.each([
  ["warns that mail is not sent in production without SMTP_URL", { AMRUTAM_MODE: "production" }, 1],
  ["does not warn in production with SMTP_URL", { AMRUTAM_MODE: "production", SMTP_URL }, 0],
  ["does not warn in the demo, which shows its mailbox", {}, 0],
])("the server %s", async (_what, changed, warnings) => {
  Object.assign(process.env, changed);
  vi.resetModules();
  const { logger } = await import("@/server/platform/logger");
  const warn = vi.spyOn(logger, "warn");
  const { startServer } = await import("@/server/main");

  const server = await startServer({ pages: false, jobs: false });
  await server.close();

  const logged = warn.mock.calls.flat().filter((text) => String(text).includes("SMTP_URL"));
  expect(logged).toHaveLength(warnings);
});
