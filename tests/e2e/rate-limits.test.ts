import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { DEMO_PASSWORD, freeTimes, PASSWORD, signIn } from "../support/journey";
import { useUp } from "../support/limits";
import { useStrictDemo } from "../support/strict-demo";

const WAIT = /Please try again in (\d+) (second|minute)s?\./;

/** What the page says, in seconds. */
async function waitOn(page: Page): Promise<number> {
  const text = (await page.getByText(WAIT).first().textContent()) ?? "";
  const [, count, unit] = WAIT.exec(text) ?? [];
  return Number(count) * (unit === "minute" ? 60 : 1);
}

describe.each(["desktop", "phone"] as const)(
  "who tried too often is told when to try again, %s",
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

    test("signing in", async () => {
      const email = `${randomUUID()}@example.test`;
      const page = await open(width);
      await page.goto("/sign-in");
      await useUp("signInPerAccount", () =>
        post("/auth/login", { email, password: "not the right one" }),
      );
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      const wait = await waitOn(page);
      expect(wait).toBeGreaterThan(0);
      // Five minutes, and what it takes until one of ten tries has faded.
      expect(wait).toBeLessThanOrEqual(360);
      await look(page, "too-often-sign-in");
      expect(await page.getByLabel("Email").inputValue()).toBe(email);
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe(PASSWORD);
    });

    test("asking for a new password", async () => {
      const email = `${randomUUID()}@example.test`;
      const page = await open(width);
      await page.goto("/forgot");
      await useUp("resetPerAccount", () => post("/auth/reset/request", { email }));
      await page.getByLabel("Email").fill(email);
      await page.getByRole("button", { name: "Mail me a link" }).click();
      expect(await waitOn(page)).toBeGreaterThan(0);
      await look(page, "too-often");
      expect(await page.getByLabel("Email").inputValue()).toBe(email);
    });

    test("signing up, and nothing that was typed is lost", async () => {
      const page = await open(width);
      await page.goto("/sign-up");
      // A password that is refused at once: what counts is the try.
      const known = { name: "Nobody", password: "password1234" };
      await useUp("signUpPerAddress", () =>
        post("/auth/register", { ...known, email: `${randomUUID()}@example.test` }),
      );
      const typed = { "Your name": "Meera Rao", Email: `${randomUUID()}@example.test` };
      for (const [label, value] of Object.entries(typed)) await page.getByLabel(label).fill(value);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.getByText("Your account is not created yet").waitFor();
      expect(await waitOn(page)).toBeLessThanOrEqual(120);
      await look(page, "too-often-sign-up");
      for (const [label, value] of Object.entries(typed)) {
        expect(await page.getByLabel(label).inputValue()).toBe(value);
      }
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe(PASSWORD);
    });

    test("holding a time, which is held once the wait is over", async () => {
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
      const wait = await waitOn(page);
      await look(page, "too-often-hold");
      expect(await dialog.getByLabel("What is it about?").inputValue()).toBe(reason);

      // What the page promised is true; to wait for it at one width is enough.
      if (width === "phone") return;
      await page.waitForTimeout(wait * 1000);
      await dialog.getByRole("button", { name: "Continue to payment" }).click();
      await page.getByRole("heading", { name: "Review and pay" }).waitFor();
    });

    test("searching, on an open page and on one that is opened then", async () => {
      const page = await open(width);
      await page.goto("/doctors");
      await page
        .getByRole("main")
        .getByRole("link", { name: /^Dr\. / })
        .first()
        .waitFor();
      // No page begins there: counted, and refused before it costs anything.
      await useUp("searchPerAddress", () => fetch(`${demo.url}/api/v1/doctors?cursor=nowhere`));
      await page.getByLabel("Search").fill("Ayurveda");
      await page.getByText("We could not load the doctors").waitFor();
      expect(await waitOn(page)).toBeLessThanOrEqual(120);
      await look(page, "too-often-search");
      expect(await page.getByLabel("Search").inputValue()).toBe("Ayurveda");

      const other = await open(width);
      await other.goto("/doctors?q=Ayurveda");
      await other.getByText("We could not load the doctors").waitFor();
      expect(await waitOn(other)).toBeGreaterThan(0);
      expect(await other.getByLabel("Search").inputValue()).toBe("Ayurveda");
      await other.goto("/");
      await other.getByRole("heading", { name: "A doctor who has time for you" }).waitFor();
      await look(other, "too-often-home");
    });
  },
);
