import { setTimeout as sleep } from "node:timers/promises";
import type { Page, Route } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectNoSidewaysScroll, look, useBrowser } from "../support/browser";
import { signIn } from "../support/journey";
import { makeIds, PAGES, type Who } from "../support/pages";
import { demoDoctors } from "../support/rest";

/** Half of the highest shift that web.dev ("Cumulative Layout Shift") calls good. */
const MAX_SHIFT = 0.05;

type Shifts = { total: number; moved: string[] };
type ShiftEntry = PerformanceEntry & {
  value: number;
  hadRecentInput: boolean;
  sources: Array<{ node?: Element | null }>;
};

/** Runs in the browser: sums the layout shifts that no input caused, and records the elements that moved. */
const countShifts = () => {
  const shifts: Shifts = { total: 0, moved: [] };
  Object.assign(window, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as ShiftEntry[]) {
      if (entry.hadRecentInput) continue;
      shifts.total += entry.value;
      const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 90) ?? "text");
      shifts.moved.push(`${entry.value.toFixed(3)}: ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
};

/** The pages that people reach first, and the pages that once shifted most. */
const TESTED_PAGES = [
  "(patient)",
  "(patient)/doctors/(list)",
  "(patient)/doctors/[doctorId]",
  "(patient)/bookings/[bookingId]/reschedule",
  "account",
  "account/devices",
  "account/doctor",
  "account/security",
  "admin/jobs",
  "docs",
];

/** Delays the data, so that the browser paints the skeleton before it. */
const delay = async (route: Route) => {
  await sleep(300);
  await route.continue();
};

describe("the layout of pages", { timeout: 400_000 }, () => {
  const open = useBrowser();

  test.each(["desktop", "phone"] as const)("is stable while loading, %s", async (width) => {
    const patient = await open(width);
    await signIn(patient, width === "phone" ? "patient2@demo.test" : "patient@demo.test");
    const ids = await makeIds(patient, width === "phone" ? "patient2" : "patient");
    const people: Partial<Record<Who, Page>> = { patient };
    const tooMuch: Record<string, Shifts> = {};
    for (const name of TESTED_PAGES) {
      const place = PAGES[name];
      if (!place) throw new Error(`there is no page ${name}`);
      const [who, address] = place(ids);
      const page = people[who] ?? (await open(width));
      if (!people[who] && who !== "nobody") await signIn(page, `${who}@demo.test`);
      people[who] = page;
      await page.addInitScript(countShifts);
      await page.route("**/api/trpc/**", delay);
      await page.goto(address, { waitUntil: "networkidle" });
      const shifts = await page.evaluate(() => (window as unknown as { shifts: Shifts }).shifts);
      if (shifts.total >= MAX_SHIFT) tooMuch[name] = shifts;
    }
    expect(tooMuch).toEqual({});
  });

  test("fits a screen of 320 px", async () => {
    const page = await open("phone");
    await page.setViewportSize({ width: 320, height: 640 });
    const [doctor] = await demoDoctors();
    const pages = ["/", "/doctors", `/doctors/${doctor?.id}`, "/sign-in", "/sign-up", "/help"];
    for (const address of [...pages, "/terms", "/privacy", "/contact", "/docs"]) {
      await page.goto(address, { waitUntil: "networkidle" });
      await expectNoSidewaysScroll(page);
    }
  });
});

describe.each(["desktop", "phone"] as const)("the pages about the clinic, %s", (width) => {
  const open = useBrowser();

  test("are linked from every page and from the sign-up", async () => {
    const page = await open(width);
    await page.goto("/sign-up");
    const form = page.getByRole("main");
    await form.getByRole("link", { name: "terms" }).waitFor();
    await form.getByRole("link", { name: "privacy" }).waitFor();
    for (const name of ["Help", "Privacy", "Terms", "Contact"]) {
      await page.getByRole("contentinfo").getByRole("link", { name }).click();
      await page.getByRole("heading", { name, level: 1 }).waitFor();
      await look(page, `info-${name.toLowerCase()}`);
    }
    const address = page.getByRole("main").getByRole("link", { name: "clinic@demo.test" });
    expect(await address.getAttribute("href")).toBe("mailto:clinic@demo.test");
  });
});

describe("opening a doctor's page on a slow connection", () => {
  const open = useBrowser();

  test("shows the skeleton of the doctor's page at once", async () => {
    const page = await open("phone");
    await page.goto("/");
    const doctor = page.getByRole("link", { name: /Next free/ }).first();
    await doctor.waitFor();
    // The skeleton was prefetched. The request for the page itself gets no answer.
    await page.waitForLoadState("networkidle");
    await page.route(/\/doctors\/[^/?]+\?_rsc=/, (route) =>
      route.request().headers()["next-router-prefetch"] ? route.continue() : undefined,
    );
    await doctor.click();
    await page.getByRole("status", { name: "Loading the doctor" }).waitFor();
    expect(await page.getByRole("heading", { name: "Find a doctor" }).count()).toBe(0);
  });

  test("answers 404 for a doctor who does not exist", async () => {
    const page = await open();
    const missing = "00000000-0000-7000-8000-000000000000";
    for (const id of [missing, "no-id"]) {
      const answer = await page.goto(`/doctors/${id}`);
      expect(answer?.status()).toBe(404);
      await page.getByRole("heading", { name: "We could not find this page" }).waitFor();
    }
  });
});
