import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { chooseTime, pay, signIn, signUp } from "../support/journey";

const PAGES = {
  nobody: ["/", "/doctors", "/sign-in", "/sign-up", "/forgot", "/docs"],
  "patient@demo.test": [
    "/",
    "/bookings",
    "/payments",
    "/account",
    "/account/doctor",
    "/account/devices",
    "/account/security",
  ],
  "doctor@demo.test": ["/", "/doctor", "/doctor/availability", "/account", "/account/doctor"],
  "admin@demo.test": ["/admin", "/admin/people", "/admin/doctors", "/admin/audit", "/admin/jobs"],
};

/** Collects the console errors and warnings of a page, and its failed requests. */
function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()))
      problems.push(`${page.url()} ${message.text()}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) problems.push(`${page.url()} ${answer.status()} ${answer.url()}`);
  });
  return problems;
}

describe("every page", () => {
  const open = useBrowser();

  test.each(Object.entries(PAGES))(
    "logs no error or warning, and makes no failing request, %s",
    async (who, paths) => {
      const page = await open("desktop");
      if (who !== "nobody") await signIn(page, who);
      const problems = collectProblems(page);
      for (const path of paths) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await page.waitForLoadState("networkidle");
      }
      expect(problems).toEqual([]);
    },
  );
});

describe("the home page", () => {
  const open = useBrowser();

  test("shows the held time first, and after payment the next consultation", async () => {
    const page = await open("phone");
    await signUp(page);
    await chooseTime(page);
    await page.goto("/");
    await page.getByRole("heading", { name: "We’re holding a time for you" }).waitFor();
    await look(page, "home-held");
    await page.getByRole("link", { name: "Review and pay" }).click();
    await pay(page);
    await page.goto("/");
    await page.getByRole("heading", { name: "Your next consultation" }).waitFor();
    await look(page, "home-next");
    await page.getByRole("link", { name: "See your consultation" }).click();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
  });

  test('shows a doctor the link "Go to my day", which leads to /doctor', async () => {
    const page = await open("desktop");
    await signIn(page, "doctor@demo.test");
    await page.goto("/");
    await look(page, "home-doctor");
    await page.getByRole("link", { name: "Go to my day" }).click();
    await page.waitForURL("/doctor");
  });
});
