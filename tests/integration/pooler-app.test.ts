import { afterAll, expect, test } from "vitest";
import { startApp } from "../support/app-process";
import { DIRECT_URL } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot } from "../support/factories";
import { labelOf } from "../support/http";
import { LOGIN_SETTINGS, makeAppLogin } from "../support/logins";
import { startPgBouncer } from "../support/pgbouncer";

const stops: Array<() => Promise<unknown>> = [];

afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Starts the whole app behind PgBouncer in transaction mode. */
async function startBehindPooler(url: string) {
  const settings = { pool_mode: "transaction", ignore_startup_parameters: "options" };
  const bouncer = await startPgBouncer([url], settings);
  stops.unshift(bouncer.stop);
  return startApp({ DATABASE_URL: bouncer.through(url) });
}

test("the app does not start if a pooler drops its settings, and names the missing role", async () => {
  await expect(startBehindPooler(DIRECT_URL)).rejects.toThrow(
    "role is amrutam_login, and must be amrutam_app",
  );
}, 90_000);

test("the app serves behind a pooler in transaction mode, without prepared statements", async () => {
  const login = await makeAppLogin({ settings: LOGIN_SETTINGS });
  stops.push(login.drop);
  const app = await startBehindPooler(login.url);
  const doctor = await makeDoctor();
  const holds = Array.from({ length: 12 }, async (_, n) => {
    const slot = await makeSlot(doctor, inHours(30 + n));
    return app.api.post("/bookings", { slotId: slot.id }, await makePatient());
  });
  expect(new Set((await Promise.all(holds)).map(labelOf))).toEqual(new Set(["200"]));
  await app.stop();
}, 90_000);
