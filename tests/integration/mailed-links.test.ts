import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { issueLinkToken } from "@/server/accounts/commands/tokens";
import { inTransaction } from "@/server/platform/transaction";
import { login, makeDevices, makeMember } from "../support/accounts";
import { sql, tablesThatContain } from "../support/database";
import { labelOf, useHost } from "../support/http";
import { moveClock } from "../support/jobs";
import { raceOf, tally, valuesOf } from "../support/race";
import { expectRefused } from "../support/refusals";

const NEW = "another horse entirely";

const linkFor = (userId: string, purpose: "verify_email" | "reset_password") =>
  inTransaction((tx) => issueLinkToken(tx, userId, purpose));

describe("mailed links", { timeout: 120_000 }, () => {
  const api = useHost("node server");
  const reset = (token: string, password = NEW) =>
    api.post("/auth/reset", { token, password }, null, { key: null });
  /** Makes a member whose address is not confirmed. */
  const makeUnconfirmed = async () => {
    const person = await makeMember("patient");
    await sql("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [person.id]);
    await sql("UPDATE users SET email_verified_at = NULL WHERE id = $1", [person.id]);
    return person;
  };
  const verify = (token: string) => api.post("/auth/verify", { token }, null, { key: null });

  test("set one password and end every session if one link is used ten times at the same time", async () => {
    const person = await makeMember("patient");
    const devices = await makeDevices(person);
    const token = await linkFor(person.id, "reset_password");
    const answers = valuesOf(await raceOf(10, (n) => reset(token, `${NEW} ${n}`)));
    expect(tally(answers, labelOf)).toEqual({ "200": 1, "400 LINK_INVALID": 9 });
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await login(api, person.email, undefined, `${NEW} ${winner}`)).status).toBe(200);
    await expectRefused(login(api, person.email), 401, "INVALID_CREDENTIALS");
    expect(await devices.answers(api)).toEqual({ browser: 401, api: 401 });
    await expectRefused(reset(token), 400, "LINK_INVALID");
  });

  test("become invalid if another link for the same purpose is used", async () => {
    const { id } = await makeMember("patient");
    const [first, second] = [
      await linkFor(id, "reset_password"),
      await linkFor(id, "reset_password"),
    ];
    expect((await reset(second)).status).toBe(200);
    await expectRefused(reset(first), 400, "LINK_INVALID");
  });

  test("confirm an address once if one link is used twenty times at the same time", async () => {
    const { id } = await makeUnconfirmed();
    const token = await linkFor(id, "verify_email");
    const answers = valuesOf(await raceOf(20, () => verify(token)));
    expect(tally(answers, labelOf)).toEqual({ "200": 1, "401 CODE_INVALID": 19 });
    const entries = await sql(
      "SELECT 1 FROM audit_logs WHERE entity_id = $1 AND action = 'email.verified'",
      [id],
    );
    expect(entries).toHaveLength(1);
  });

  test("work for one purpose only, and not for a suspended account", async () => {
    const { id } = await makeMember("patient");
    const [toVerify, toReset] = [
      await linkFor(id, "verify_email"),
      await linkFor(id, "reset_password"),
    ];
    await expectRefused(reset(toVerify), 400, "LINK_INVALID");
    await expectRefused(verify(toReset), 401, "CODE_INVALID");
    await expectRefused(reset("made up"), 400, "LINK_INVALID");
    await sql("UPDATE users SET status = 'SUSPENDED' WHERE id = $1", [id]);
    await expectRefused(reset(toReset), 400, "LINK_INVALID");
  });

  test("stay valid if the new password is refused", async () => {
    const { id } = await makeMember("patient");
    const token = await linkFor(id, "reset_password");
    await expectRefused(reset(token, "passwordpassword"), 400, "PASSWORD_BREACHED");
    await expectRefused(reset(token, "too short"), 400, "INVALID_INPUT");
    expect((await reset(token)).status).toBe(200);
  });

  test("are stored only as hashes", async () => {
    const { id } = await makeMember("patient");
    const token = await linkFor(id, "reset_password");
    const bytes = Buffer.from(token, "base64url").toString("hex");
    for (const marker of [token, bytes]) expect(await tablesThatContain(marker)).toEqual([]);
  });

  test("are requested with the same answer for a known and an unknown address", async () => {
    const { email } = await makeMember("patient");
    const ask = (address: string) =>
      api.post("/auth/reset/request", { email: address }, null, { key: null });
    const known = await ask(email);
    const unknown = await ask(`${randomUUID()}@example.test`);
    expect([known.status, known.text]).toEqual([200, unknown.text]);
    expect(unknown.status).toBe(200);
  });

  describe("expire:", () => {
    afterAll(() => moveClock("0"));

    test.each([
      ["reset_password", "29 minutes", "31 minutes"],
      ["verify_email", "23 hours 59 minutes", "24 hours 1 minute"],
    ] as const)(
      "%s is valid after %s and invalid after %s",
      async (purpose, validAfter, invalidAfter) => {
        await moveClock("0");
        const make = purpose === "verify_email" ? makeUnconfirmed : () => makeMember("patient");
        const [one, other] = [await make(), await make()];
        const [early, late] = [await linkFor(one.id, purpose), await linkFor(other.id, purpose)];
        const use = purpose === "verify_email" ? verify : reset;
        await moveClock(validAfter);
        expect((await use(early)).status).toBe(200);
        await moveClock(invalidAfter);
        expect((await use(late)).status).not.toBe(200);
      },
    );
  });
});
