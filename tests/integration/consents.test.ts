import { describe, expect, test } from "vitest";
import { makePatient } from "../support/factories";
import { useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

describe("consents", () => {
  const api = useHost("node server");
  const path = "/me/consents";

  test("are listed as every list is, while they stand, and to their giver alone", async () => {
    const [person, other] = [await makePatient(), await makePatient()];
    const none = { items: [], nextCursor: null };
    expect((await api.get(path, person)).body).toEqual(none);

    const given = await api.post(path, { purpose: "consultation" }, person);
    expect(given.status).toBe(200);
    // Given again it is the one that stands.
    const again = await api.post(path, { purpose: "consultation" }, person);
    expect(again.body).toEqual(given.body);
    const one = { items: [given.body], nextCursor: null };
    expect((await api.get(path, person)).body).toEqual(one);
    expect((await api.get(path, other)).body).toEqual(none);

    const back = () => api.write("DELETE", `${path}/consultation`, {}, person);
    expect((await back()).status).toBe(200);
    expect((await api.get(path, person)).body).toEqual(none);
    await expectRefused(back(), 404, "NOT_FOUND");
  });
});
