import { afterEach, expect, test, vi } from "vitest";

// Nothing of the app is imported before a test has set its environment.
const before = { ...process.env };
afterEach(() => {
  for (const name of ["AMRUTAM_MODE", "SMTP_URL"]) delete process.env[name];
  Object.assign(process.env, before);
  vi.resetModules();
});

const SMTP_URL = "smtp://127.0.0.1:2525";

test.each([
  ["in production without SMTP_URL is said", { AMRUTAM_MODE: "production" }, 1],
  ["in production with one is not", { AMRUTAM_MODE: "production", SMTP_URL }, 0],
  ["in the demo, which shows its mailbox, is not", {}, 0],
])("at a start, that nobody reads the mail: %s", async (_what, changed, warnings) => {
  Object.assign(process.env, changed);
  vi.resetModules();
  const { logger } = await import("@/server/platform/logger");
  const warn = vi.spyOn(logger, "warn");
  const { startServer } = await import("@/server/main");

  const server = await startServer({ pages: false, jobs: false });
  await server.close();

  const said = warn.mock.calls.flat().filter((text) => String(text).includes("SMTP_URL"));
  expect(said).toHaveLength(warnings);
});
