import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { DEMO_PASSWORD, freeTimes, PASSWORD, signIn } from "../support/journey";
import { useStrictDemo } from "../support/strict-demo";
import { useUp } from "../support/use-up-limit";

const WAIT = /Please try again in (\d+) (second|minute)s?\./;

/** Returns the waiting time that the page shows, in seconds. */
async function waitShownOn(page: Page): Promise<number> {
  const text = (await page.getByText(WAIT).first().textContent()) ?? "";
  const [, count, unit] = WAIT.exec(text) ?? [];
  return Number(count) * (unit === "minute" ? 60 : 1);
}

describe.each(["desktop", "phone"] as const)(
  "after too many requests, the page (%s)",
  { timeout: 300_000 },
  (width) => {
    const demo = useStrictDemo();
    const open = useBrowser(demo);

    const post = (path: string, body: object, token = "") =>
      fetch(`${demo.url}/api/v1${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": randomUUID(),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });

    test("shows when the person can sign in again, and keeps what was typed", async () => {
      const email = `${randomUUID()}@example.test`;
      const page = await open(width);
      await page.goto("/sign-in");
      await useUp("signInPerAccount", () =>
        post("/auth/login", { email, password: "not the right one" }),
      );
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      const wait = await waitShownOn(page);
      expect(wait).toBeGreaterThan(0);
      // The window of five minutes, and the time until the sliding window allows one of ten tries.
      expect(wait).toBeLessThanOrEqual(360);
      await look(page, "too-often-sign-in");
      expect(await page.getByLabel("Email").inputValue()).toBe(email);
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe(PASSWORD);
    });

    test("shows when the person can request a password reset again, and keeps the address", async () => {
      const email = `${randomUUID()}@example.test`;
      const page = await open(width);
      await page.goto("/forgot");
      await useUp("resetPerAccount", () => post("/auth/reset/request", { email }));
      await page.getByLabel("Email").fill(email);
      await page.getByRole("button", { name: "Mail me a link" }).click();
      expect(await waitShownOn(page)).toBeGreaterThan(0);
      await look(page, "too-often");
      expect(await page.getByLabel("Email").inputValue()).toBe(email);
    });

    test("shows when the person can sign up again, and keeps what was typed", async () => {
      const page = await open(width);
      await page.goto("/sign-up");
      // The app refuses the password, but the request counts for the rate limit.
      const known = { name: "Nobody", password: "password1234" };
      await useUp("signUpPerAddress", () =>
        post("/auth/register", { ...known, email: `${randomUUID()}@example.test` }),
      );
      const typed = { "Your name": "Meera Rao", Email: `${randomUUID()}@example.test` };
      for (const [label, value] of Object.entries(typed)) await page.getByLabel(label).fill(value);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.getByText("Your account is not created yet").waitFor();
      expect(await waitShownOn(page)).toBeLessThanOrEqual(120);
      await look(page, "too-often-sign-up");
      for (const [label, value] of Object.entries(typed)) {
        expect(await page.getByLabel(label).inputValue()).toBe(value);
      }
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe(PASSWORD);
    });

    test("shows when the patient can hold a time again; then the hold succeeds", async () => {
      const page = await open(width);
      const reason = "A cough since Monday";
      const [email, password] = ["patient@demo.test", DEMO_PASSWORD];
      await signIn(page, email);
      const login = await post("/auth/login", { email, password });
      const { accessToken } = (await login.json()) as { accessToken: string };
      await page.goto("/doctors");
      await page
        .getByRole("main")
        .getByRole("link", { name: /^Dr\. / })
        .nth(3)
        .click();
      // A time of today could pass while the test waits.
      await page.getByRole("button", { name: "Later week" }).click();
      await freeTimes(page).first().click();
      const dialog = page.getByRole("dialog", { name: "Confirm your time" });
      await dialog.getByLabel("What is it about?").fill(reason);
      await useUp("holdsPerPatient", () =>
        post("/bookings", { slotId: randomUUID() }, accessToken),
      );
      await dialog.getByRole("button", { name: "Continue to payment" }).click();
      await dialog.getByText("This time is not held yet").waitFor();
      const wait = await waitShownOn(page);
      await look(page, "too-often-hold");
      expect(await dialog.getByLabel("What is it about?").inputValue()).toBe(reason);

      // Wait as long as the page says and try again. One width is enough for this.
      if (width === "phone") return;
      await page.waitForTimeout(wait * 1000);
      await dialog.getByRole("button", { name: "Continue to payment" }).click();
      await page.getByRole("heading", { name: "Review and pay" }).waitFor();
    });

    test("shows when the search works again, on an open page and on a newly opened page", async () => {
      const page = await open(width);
      await page.goto("/doctors");
      await page
        .getByRole("main")
        .getByRole("link", { name: /^Dr\. / })
        .first()
        .waitFor();
      // The app refuses the cursor before the search runs, but the request counts for the rate limit.
      await useUp("searchPerAddress", () => fetch(`${demo.url}/api/v1/doctors?cursor=nowhere`));
      await page.getByLabel("Search").fill("Ayurveda");
      await page.getByText("We could not load the doctors").waitFor();
      expect(await waitShownOn(page)).toBeLessThanOrEqual(120);
      await look(page, "too-often-search");
      expect(await page.getByLabel("Search").inputValue()).toBe("Ayurveda");

      const other = await open(width);
      await other.goto("/doctors?q=Ayurveda");
      await other.getByText("We could not load the doctors").waitFor();
      expect(await waitShownOn(other)).toBeGreaterThan(0);
      expect(await other.getByLabel("Search").inputValue()).toBe("Ayurveda");
      await other.goto("/");
      await other.getByRole("heading", { name: "A doctor who has time for you" }).waitFor();
      await look(other, "too-often-home");
    });
  },
);
