import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { summariseRefusals } from "@/server/audit/commands";
import { sql } from "../support/database";
import { makePatient, type Person } from "../support/factories";
import { labelOf, useHost } from "../support/http";
import { moveClock, until } from "../support/jobs";
import { raceOf, tally, valuesOf } from "../support/race";

const deniedOf = ({ id }: Person) =>
  sql<{ path: string; count: number | null }>(
    `SELECT entity_id AS path, (detail->>'count')::int AS count FROM audit_logs
      WHERE action = 'access.denied' AND actor_id = $1 ORDER BY id`,
    [id],
  );

describe("audit entries for refusals", { timeout: 120_000 }, () => {
  const api = useHost("node server");
  // The refusals of one test must fall into the same minute.
  beforeAll(() => until("a minute has begun", () => new Date().getSeconds() < 25, 60_000));
  afterEach(() => moveClock("0"));

  test("are one for the first of forty refusals, and one with the count of the others a minute later", async () => {
    const patient = await makePatient();
    const answers = valuesOf(await raceOf(40, () => api.get("/admin/audit", patient)));
    expect(tally(answers, labelOf)).toEqual({ "403 ROLE_REQUIRED": 40 });
    expect(await deniedOf(patient)).toEqual([{ path: "audit.list", count: null }]);
    await summariseRefusals();
    expect(await deniedOf(patient)).toHaveLength(1);
    await moveClock("2 minutes");
    await raceOf(3, () => summariseRefusals());
    expect(await deniedOf(patient)).toEqual([
      { path: "audit.list", count: null },
      { path: "audit.list", count: 39 },
    ]);
  });

  test("are separate for each procedure, each person and each minute", async () => {
    const [first, second] = [await makePatient(), await makePatient()];
    await api.get("/admin/audit", first);
    await api.get("/admin/users", first);
    await api.get("/admin/audit", second);
    await moveClock("2 minutes");
    await api.get("/admin/audit", first);
    expect((await deniedOf(first)).map(({ path }) => path)).toEqual([
      "audit.list",
      "people.list",
      "audit.list",
    ]);
    expect(await deniedOf(second)).toHaveLength(1);
  });
});
