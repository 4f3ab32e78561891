import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { DEMO_PASSWORD, signIn, signOut } from "../support/journey";
import { beginSecondStep, codeOf, confirmSecondStep } from "../support/second-step";
import { useStrictDemo } from "../support/strict-demo";

const heading = (page: Page, name: string) => page.getByRole("heading", { name });

describe("if staff must use two-step sign-in", { timeout: 300_000 }, () => {
  const demo = useStrictDemo();
  const open = useBrowser(demo);

  /** Expects that each page leads to the set-up page, and that the API refuses the call. */
  async function expectBlocked(page: Page, paths: string[], api: string): Promise<void> {
    for (const path of paths) {
      await page.goto(path);
      const { pathname, searchParams } = new URL(page.url());
      expect([path, pathname, searchParams.get("next")]).toEqual([path, "/account/two-step", path]);
      await page.getByText("Your role needs it").waitFor();
    }
    const refused = await page.request.get(`${demo.url}/api/v1${api}`);
    expect(refused.status()).toBe(403);
    expect(await refused.text()).toContain("MFA_ENROLMENT_REQUIRED");
  }

  test.each([
    ["desktop", "doctor@demo.test"],
    ["phone", "doctor2@demo.test"],
  ] as const)(
    "a doctor sets it up first, and then comes to the wanted page, %s",
    async (width, doctor) => {
      const page = await open(width);
      await page.goto("/doctor/availability");
      await heading(page, "Welcome back").waitFor();
      await signIn(page, doctor);
      await heading(page, "Set up two-step sign-in").waitFor();
      await look(page, "two-step-required");
      await page.getByRole("button", { name: "Not now" }).waitFor({ state: "detached" });
      const own = ["", "/devices", "/security", "/doctor"].map((path) => `/account${path}`);
      await expectBlocked(page, ["/doctor", ...own, "/doctor/availability"], "/doctor/bookings");

      await confirmSecondStep(page, await beginSecondStep(page));
      await heading(page, "My hours").waitFor();
      expect(new URL(page.url()).pathname).toBe("/doctor/availability");
      await page.goto("/doctor");
      await heading(page, "My day").waitFor();
      expect((await page.request.get(`${demo.url}/api/v1/doctor/bookings`)).status()).toBe(200);
    },
  );

  test("an admin is led to the set-up, can sign out, and afterwards needs a code", async () => {
    const page = await open("desktop");
    await signIn(page, "admin@demo.test");
    await page.getByText("Your role needs it").waitFor();
    const pages = ["/admin/people", "/admin/doctors", "/admin/audit", "/admin/jobs", "/admin"];
    await expectBlocked(page, pages, "/admin/users");
    await signOut(page);
    await signIn(page, "admin@demo.test");
    const secret = await beginSecondStep(page);
    await confirmSecondStep(page, secret);
    await heading(page, "Overview").waitFor();

    const other = await open("phone");
    await other.goto("/admin/jobs");
    await other.getByLabel("Email").fill("admin@demo.test");
    await other.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByLabel("Code").fill(await codeOf(secret, 30));
    await other.getByRole("button", { name: "Sign in" }).click();
    await heading(other, "Jobs").waitFor();
  });

  test("a patient does not need it", async () => {
    const page = await open("phone");
    await signIn(page, "patient@demo.test");
    await heading(page, "My bookings").waitFor();
  });
});
