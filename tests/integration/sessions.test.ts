import { afterAll, describe, expect, test } from "vitest";
import { issueLinkToken } from "@/server/accounts/commands/tokens";
import type { Role } from "@/server/accounts/schema";
import { inTransaction } from "@/server/platform/transaction";
import { login, makeDevices, makeMember, PASSWORD, refresh, tokensOf } from "../support/accounts";
import { sql, waitingForLocks, withConnection } from "../support/database";
import { makeAdmin, makePatient, type Person } from "../support/factories";
import { type Api, labelOf, useHost } from "../support/http";
import { moveClock, until } from "../support/jobs";
import { raceOf, tally, valuesOf } from "../support/race";
import { expectRefused } from "../support/refusals";

const SIGNED_IN = { browser: 200, api: 200 };
const SIGNED_OUT = { browser: 401, api: 401 };

type Act = (person: Person, admin: Person, api: Api) => Promise<unknown>;
const ACTS: Array<[string, Role, number, Act]> = [
  [
    "a suspension",
    "patient",
    401,
    ({ id }, admin, api) => api.post(`/admin/users/${id}/suspend`, { reason: "a test" }, admin),
  ],
  [
    "a change of role",
    "doctor",
    401,
    ({ id }, admin, api) => api.post(`/admin/users/${id}/role`, { role: "patient" }, admin),
  ],
  [
    "a change of the password",
    "doctor",
    200,
    (person, _admin, api) =>
      api.post("/me/password", { current: PASSWORD, next: "another horse entirely" }, person),
  ],
  [
    "a reset of the password",
    "admin",
    401,
    async ({ id }, _admin, api) => {
      const token = await inTransaction((tx) => issueLinkToken(tx, id, "reset_password"));
      return api.post("/auth/reset", { token, password: "another horse entirely" }, null);
    },
  ],
  [
    "signing out every other device",
    "patient",
    200,
    (person, _admin, api) => api.write("DELETE", "/me/sessions", {}, person),
  ],
];

describe("sessions", { timeout: 120_000 }, () => {
  const api = useHost("node server");

  describe("a refresh token", () => {
    test("that is used twenty times at once works once, and all sessions from it end", async () => {
      const { email } = await makeMember("patient");
      const { refreshToken } = tokensOf(await login(api, email));
      // The row stays locked until several calls have read the token as unspent: only the update decides.
      const answers = await withConnection(async (client) => {
        await client.query("BEGIN; SELECT 1 FROM refresh_tokens FOR UPDATE");
        const racing = raceOf(20, () => refresh(api, refreshToken));
        await until("several wait for the token", async () => (await waitingForLocks()) > 2);
        await client.query("ROLLBACK");
        return valuesOf(await racing);
      });
      const { "200": won, ...lost } = tally(answers, labelOf);
      expect(won).toBe(1);
      expect(lost["401 REFRESH_REUSED"]).toBeGreaterThan(0);
      expect(Object.keys(lost).filter((label) => !label.startsWith("401 REFRESH_"))).toEqual([]);
      // The first caller could be a thief or the owner, so both are signed out.
      const [winner] = answers.filter(({ status }) => status === 200).map(tokensOf);
      const { accessToken = "", refreshToken: next = "" } = winner ?? {};
      await expectRefused(api.get("/me", { token: accessToken }), 401, "NOT_SIGNED_IN");
      await expectRefused(refresh(api, next), 401, "REFRESH_INVALID");
    });

    test("that was replaced twice ends the session as well, and the reason is audited", async () => {
      const { email, id } = await makeMember("doctor");
      const first = tokensOf(await login(api, email));
      const second = tokensOf(await refresh(api, first.refreshToken));
      const third = tokensOf(await refresh(api, second.refreshToken));
      await expectRefused(refresh(api, first.refreshToken), 401, "REFRESH_REUSED");
      await expectRefused(api.get("/me", { token: third.accessToken }), 401, "NOT_SIGNED_IN");
      const why = await sql(
        `SELECT detail->>'why' AS why FROM audit_logs WHERE actor_id = $1 AND action = 'session.ended'`,
        [id],
      );
      expect(why).toEqual([{ why: "refresh token reused" }]);
    });

    test("that was never issued is refused, and ends no session", async () => {
      const { tokens, answers } = await makeDevices(await makePatient());
      await expectRefused(refresh(api, `${tokens.refreshToken}x`), 401, "REFRESH_INVALID");
      await expectRefused(refresh(api, tokens.accessToken), 401, "REFRESH_INVALID");
      expect(await answers(api)).toEqual(SIGNED_IN);
    });
  });

  describe("the time limit", () => {
    afterAll(() => moveClock("0"));
    const lastSeen = (person: Person, offset: string) =>
      sql(`UPDATE sessions SET last_seen_at = now() + $1::interval WHERE user_id = $2`, [
        offset,
        person.id,
      ]);

    test.each<[Role]>([["doctor"], ["admin"]])(
      "signs out a %s after 15 minutes without a request, on every device",
      async (role) => {
        await moveClock("0");
        const devices = await makeDevices(await makeMember(role));
        await moveClock("14 minutes");
        expect(await devices.answers(api)).toEqual(SIGNED_IN);
        await moveClock("28 minutes");
        expect((await devices.viaBrowser(api, "/me", { "x-background": "1" })).status).toBe(200);
        const renewed = tokensOf(await refresh(api, devices.tokens.refreshToken));
        expect((await api.get("/me", { token: renewed.accessToken })).status).toBe(200);
        // Requests that the page makes by itself do not count as activity.
        await moveClock("30 minutes");
        expect((await devices.viaBrowser(api, "/me")).status).toBe(401);
        expect((await api.get("/me", { token: renewed.accessToken })).status).toBe(200);
        await moveClock("46 minutes");
        await expectRefused(refresh(api, renewed.refreshToken), 401, "REFRESH_INVALID");
      },
    );

    test.each<[Role, string, string]>([
      ["doctor", "11 hours 59 minutes", "12 hours 1 minute"],
      ["admin", "11 hours 59 minutes", "12 hours 1 minute"],
      ["patient", "29 days 23 hours", "30 days 1 hour"],
    ])(
      "ends every session of a %s in spite of activity: it works at %s and not at %s",
      async (role, before, after) => {
        await moveClock("0");
        const person = await makeMember(role);
        const devices = await makeDevices(person);
        await moveClock(before);
        await lastSeen(person, before);
        expect((await devices.viaBrowser(api, "/me")).status).toBe(200);
        const renewed = await refresh(api, devices.tokens.refreshToken);
        expect(renewed.status).toBe(200);
        expect(tokensOf(renewed).refreshTokenExpiresAt).toBe(devices.tokens.refreshTokenExpiresAt);
        const { accessToken, refreshToken } = tokensOf(renewed);
        await moveClock(after);
        await lastSeen(person, after);
        expect((await devices.viaBrowser(api, "/me")).status).toBe(401);
        await expectRefused(api.get("/me", { token: accessToken }), 401, "NOT_SIGNED_IN");
        await expectRefused(refresh(api, refreshToken), 401, "REFRESH_INVALID");
      },
    );

    test("keeps a patient signed in for a week without a request, but an access token for 15 minutes", async () => {
      await moveClock("0");
      const devices = await makeDevices(await makePatient());
      await moveClock("14 minutes");
      expect(await devices.answers(api)).toEqual(SIGNED_IN);
      await moveClock("16 minutes");
      expect(await devices.answers(api)).toEqual({ browser: 200, api: 401 });
      await moveClock("6 days 23 hours");
      expect((await devices.viaBrowser(api, "/me")).status).toBe(200);
      await moveClock("14 days");
      expect((await devices.viaBrowser(api, "/me")).status).toBe(401);
      await expectRefused(refresh(api, devices.tokens.refreshToken), 401, "REFRESH_INVALID");
    });
  });

  describe("the next call of every other browser and API client is refused after", () => {
    test.each(ACTS)("%s", async (_what, role, own, act) => {
      const person = await makeMember(role);
      const other = await makeDevices(await makeMember(role));
      const devices = await makeDevices(person);
      expect(await devices.answers(api)).toEqual(SIGNED_IN);

      expect(await act(person, await makeAdmin(), api)).toMatchObject({ status: 200 });

      expect(await devices.answers(api)).toEqual(SIGNED_OUT);
      await expectRefused(refresh(api, devices.tokens.refreshToken), 401, "REFRESH_INVALID");
      // If the owner made the change, the device on which it was made stays signed in.
      expect((await api.get("/me", person)).status).toBe(own);
      expect(await other.answers(api)).toEqual(SIGNED_IN);
    });

    test("a suspension that was lifted again: the person must sign in again", async () => {
      const person = await makeMember("patient");
      const devices = await makeDevices(person);
      const admin = await makeAdmin();
      await api.post(`/admin/users/${person.id}/suspend`, { reason: "a test" }, admin);
      await api.post(`/admin/users/${person.id}/reactivate`, {}, admin);
      expect(await devices.answers(api)).toEqual(SIGNED_OUT);
      expect((await login(api, person.email)).status).toBe(200);
    });
  });

  describe("a change of the password", () => {
    test("with a wrong current password changes nothing and ends no session", async () => {
      const person = await makeMember("patient");
      const devices = await makeDevices(person);
      const body = { current: "not the right password", next: "another horse entirely" };
      await expectRefused(api.post("/me/password", body, person), 401, "INVALID_CREDENTIALS");
      expect(await devices.answers(api)).toEqual(SIGNED_IN);
      expect((await login(api, person.email)).status).toBe(200);
    });
  });

  describe("devices", () => {
    type Item = { id: string; kind: string; current: boolean };
    const listOf = async (person: Person) => {
      const { body } = await api.get("/me/sessions", person);
      return (body as { items: Item[] }).items;
    };

    test("can be signed out one by one, and then leave the list", async () => {
      const person = await makePatient();
      const devices = await makeDevices(person);
      const items = await listOf(person);
      expect(items.map(({ kind, current }) => `${kind} ${current}`)).toEqual([
        "api false",
        "browser false",
        "api true",
      ]);
      const browser = items.find(({ kind }) => kind === "browser");
      const gone = await api.write("DELETE", `/me/sessions/${browser?.id}`, {}, person);
      expect(gone.status).toBe(200);
      expect(await devices.answers(api)).toEqual({ browser: 401, api: 200 });
      expect(await listOf(person)).toHaveLength(2);
      const again = api.write("DELETE", `/me/sessions/${browser?.id}`, {}, person);
      await expectRefused(again, 404, "NOT_FOUND");
    });

    test("of another person are NOT_FOUND, and stay signed in", async () => {
      const [person, other] = [await makePatient(), await makePatient()];
      const theirs = await listOf(other);
      const call = api.write("DELETE", `/me/sessions/${theirs[0]?.id}`, {}, person);
      await expectRefused(call, 404, "NOT_FOUND");
      expect((await api.get("/me", other)).status).toBe(200);
    });
  });
});
