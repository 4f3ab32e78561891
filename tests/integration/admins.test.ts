import { afterEach, describe, expect, test } from "vitest";
import { withFactor } from "../support/accounts";
import { sql } from "../support/database";
import { makeAdmin, makePatient, type Person } from "../support/factories";
import { labelOf, useHost } from "../support/http";
import { raceOf, tally, valuesOf } from "../support/race";

const active = () =>
  sql<{ id: string }>("SELECT id FROM users WHERE role = 'admin' AND status = 'ACTIVE'");

describe("admins", () => {
  const api = useHost("node server");
  // Each test starts without an admin, so that its first admin is the only one.
  afterEach(() =>
    sql("ALTER TABLE users DISABLE TRIGGER users_last_admin").then(async () => {
      await sql("UPDATE users SET role = 'patient' WHERE role = 'admin'");
      await sql("ALTER TABLE users ENABLE TRIGGER users_last_admin");
    }),
  );
  const role = (who: Person, { id }: Person, to: string) =>
    api.post(`/admin/users/${id}/role`, { role: to }, who);
  const suspend = (who: Person, { id }: Person) =>
    api.post(`/admin/users/${id}/suspend`, { reason: "a test" }, who);

  test("must have a confirmed address and a second factor", async () => {
    const admin = await makeAdmin();
    const [withoutFactor, unconfirmed, eligible] = [
      await makePatient(),
      await withFactor(await makePatient()),
      await withFactor(await makePatient()),
    ];
    await sql("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [unconfirmed.id]);
    await sql("UPDATE users SET email_verified_at = NULL WHERE id = $1", [unconfirmed.id]);
    expect(labelOf(await role(admin, withoutFactor, "admin"))).toBe("409 ADMIN_NEEDS_FACTOR");
    expect(labelOf(await role(admin, unconfirmed, "admin"))).toBe("409 ADMIN_NEEDS_FACTOR");
    expect(labelOf(await role(admin, eligible, "admin"))).toBe("200");
  });

  test("cannot be made in the database from an account without a second factor", async () => {
    const { id } = await makePatient();
    await expect(sql("UPDATE users SET role = 'admin' WHERE id = $1", [id])).rejects.toThrow(
      "an admin needs",
    );
  });

  test("who demote each other at the same time leave one admin", async () => {
    const [one, other] = [await makeAdmin(), await makeAdmin()];
    const pairs = [
      [one, other],
      [other, one],
    ] as const;
    const answers = valuesOf(
      await raceOf(2, (n) => {
        const [who, whom] = pairs[n] ?? pairs[0];
        return role(who, whom, "patient");
      }),
    );
    expect(await active()).toHaveLength(1);
    expect(tally(answers, labelOf)["200"]).toBe(1);
  });

  test("who suspend each other at the same time leave one admin", async () => {
    const [one, other] = [await makeAdmin(), await makeAdmin()];
    await raceOf(2, (n) => (n === 0 ? suspend(one, other) : suspend(other, one)));
    expect(await active()).toHaveLength(1);
  });

  test("include at least one active admin, even if the table's owner writes", async () => {
    const { id } = await makeAdmin();
    for (const change of ["role = 'patient'", "status = 'SUSPENDED'"]) {
      await expect(sql(`UPDATE users SET ${change} WHERE id = $1`, [id])).rejects.toThrow(
        "the last active admin",
      );
    }
    await makeAdmin();
    await sql("UPDATE users SET status = 'SUSPENDED' WHERE id = $1", [id]);
    expect(await active()).toHaveLength(1);
  });
});

describe("a lost second factor", () => {
  const api = useHost("node server");

  test("is reset by an admin: the reset is audited, every session ends, and the person gets a mail", async () => {
    const admin = await makeAdmin();
    const person = await withFactor(await makePatient());
    const reset = () =>
      api.post(`/admin/users/${person.id}/mfa/reset`, { reason: "lost the phone" }, admin);
    const answer = await reset();
    expect(answer).toMatchObject({ status: 200, body: { id: person.id, mfaEnabled: false } });
    expect(
      await sql("SELECT detail FROM audit_logs WHERE action = 'mfa.reset' AND entity_id = $1", [
        person.id,
      ]),
    ).toEqual([{ detail: { reason: "lost the phone" } }]);
    expect((await api.get("/me", person)).status).toBe(401);
    expect(await sql("SELECT kind FROM notifications WHERE user_id = $1", [person.id])).toEqual([
      { kind: "mfa_reset" },
    ]);
    expect(labelOf(await reset())).toBe("409 ILLEGAL_TRANSITION");
  });

  test("cannot be reset by its owner or by a patient", async () => {
    const admin = await withFactor(await makeAdmin());
    const patient = await withFactor(await makePatient());
    const reset = (who: Person, { id }: Person) =>
      api.post(`/admin/users/${id}/mfa/reset`, { reason: "a test" }, who);
    expect(labelOf(await reset(admin, admin))).toBe("409 ILLEGAL_TRANSITION");
    expect(labelOf(await reset(patient, patient))).toBe("403 ROLE_REQUIRED");
  });
});
