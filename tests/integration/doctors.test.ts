import { beforeAll, describe, expect, test } from "vitest";
import { type DoctorPerson, inHours, makeDoctor, makeSlot } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

type Item = {
  id: string;
  name: string;
  fee: { amount: number };
  yearsOfExperience: number;
  nextAvailableAt: string | null;
};
const idsOf = (items: Item[]) => items.map(({ id }) => id);

/** The sort key of each order. */
const KEYS: Record<string, (item: Item) => string | number> = {
  nextAvailable: ({ nextAvailableAt }) => nextAvailableAt ?? "~",
  fee: ({ fee }) => fee.amount,
  name: ({ name }) => name,
  experience: ({ yearsOfExperience }) => -yearsOfExperience,
};

describe.each(HOSTS)("the list of doctors, %s", (host) => {
  const api = useHost(host);
  // Both hosts share one database: only the doctors of this host have this word in their name.
  const mark = `Marked${host.length}`;
  let doctors: DoctorPerson[];
  beforeAll(async () => {
    doctors = [];
    for (let n = 0; n < 7; n++) {
      const doctor = await makeDoctor({
        name: `Dr. ${mark} ${"ACEGBDF"[n]}`,
        feeAmount: 30_000 + (n % 3) * 10_000,
        yearsOfExperience: (n * 5) % 20,
        specializations: n % 2 ? ["Dermatology"] : ["Cardiology", "General medicine"],
        languages: n < 3 ? ["Hindi", "English"] : ["Tamil"],
      });
      // The last two have no free slot.
      if (n < 5) await makeSlot(doctor, inHours(24 + ((n * 3) % 5)));
      doctors.push(doctor);
    }
    await makeDoctor({ name: `Dr. ${mark} Hidden`, status: "PENDING" });
    await makeDoctor({ name: `Dr. ${mark} Refused`, status: "REJECTED" });
  });

  test.each(["nextAvailable", "fee", "name", "experience"])(
    "has the same order page by page as on one page, by %s",
    async (sort) => {
      const path = `/doctors?q=${mark}&sort=${sort}&`;
      const atOnce = await api.walk<Item>(path, 100);
      expect(idsOf(atOnce)).toHaveLength(7);
      for (const limit of [1, 2, 3])
        expect(idsOf(await api.walk<Item>(path, limit))).toEqual(idsOf(atOnce));
      expect(atOnce.map(KEYS[sort] ?? String)).toEqual(
        atOnce.map(KEYS[sort] ?? String).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      );
    },
  );
  const found = async (query: string) => {
    const items = await api.walk<Item>(`/doctors?q=${mark}&sort=name&${query}&`, 50);
    return items.map(({ name }) => name.at(-1)).join("");
  };

  test.each([
    ["specialization=Dermatology", "CDG"],
    ["specialization=Cardiology", "ABEF"],
    ["specialization=cardio", ""],
    ["language=Hindi", "ACE"],
    ["gender=other", "ABCDEFG"],
    ["gender=female", ""],
    ["maxFee=30000", "AFG"],
    ["maxFee=40000", "ABCFG"],
    ["maxFee=29999", ""],
    ["language=Tamil&specialization=Cardiology&maxFee=40000", "BF"],
  ])("is filtered by %s", async (query, names) => {
    expect(await found(query)).toBe(names);
  });

  test("is searched by words of the name and the specialization, in any case", async () => {
    const search = async (q: string) =>
      idsOf(await api.walk<Item>(`/doctors?q=${encodeURIComponent(q)}&`, 100)).length;
    expect(await search(`${mark.toLowerCase()} dermato`)).toBe(3);
    expect(await search(`DERMATOLOGY ${mark.toUpperCase()}`)).toBe(3);
    expect(await search(`${mark} nobody`)).toBe(0);
    expect(await search(`${mark}%`)).toBe(0);
    expect(await search(`${mark.slice(0, -1)}_`)).toBe(0);
    expect(await search(`${mark}\\`)).toBe(0);
  });

  test("is filtered by a free slot before an instant", async () => {
    const soon = inHours(25).toISOString();
    const items = await api.walk<Item>(`/doctors?q=${mark}&availableBefore=${soon}&`, 50);
    expect(items).toHaveLength(1);
  });

  test("has a page for each listed doctor, and none for others", async () => {
    const [first] = doctors;
    const one = await api.get(`/doctors/${first?.doctorId}`);
    expect(one.body).toMatchObject({
      id: first?.doctorId,
      fee: { amount: 30_000, currency: "INR" },
      timezone: "Asia/Kolkata",
      bio: expect.any(String),
      registrationNumber: expect.any(String),
    });
    const hidden = await makeDoctor({ status: "PENDING" });
    await expectRefused(api.get(`/doctors/${hidden.doctorId}`), 404, "NOT_FOUND");
    await expectRefused(api.get(`/doctors/${hidden.doctorId}/slots`), 404, "NOT_FOUND");
  });
});
