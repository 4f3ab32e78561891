import { randomUUID } from "node:crypto";
import type { Locator, Page } from "playwright-core";
import { codeFor } from "./rest";

/** The password of whoever signs up here. */
export const PASSWORD = "a long enough secret 42";

/** Signs a new patient up, who confirms the address by the mailed code and is signed in by that. */
export async function signUp(page: Page): Promise<{ email: string; name: string }> {
  const email = `${randomUUID()}@example.test`;
  const name = `Meera ${email.slice(0, 4)}`;
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByLabel("Code").fill(await codeFor(email, new URL(page.url()).origin));
  await page.getByRole("button", { name: "Confirm and go on" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));
  return { email, name };
}

export const DEMO_PASSWORD = "demo-password-2026";

/** Signs someone who has an account in, by the form. */
export async function signIn(page: Page, email: string, password = DEMO_PASSWORD): Promise<void> {
  if (new URL(page.url(), "http://none").pathname !== "/sign-in") await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** A free time on a doctor's page, by its accessible name: "9:30 am, Tuesday, 24 November 2026". */
export const freeTimes = (page: Page) =>
  page.getByRole("region", { name: "Choose a time" }).getByRole("button", {
    name: /^\d{1,2}:\d\d [ap]m, /,
  });

/** Opens the dialog of the first doctor's first free time a week ahead. @returns the dialog. */
export async function openFirstTime(page: Page): Promise<Locator> {
  await page.goto("/doctors");
  const doctors = page.getByRole("main").getByRole("link", { name: /^Dr\. / });
  await doctors.first().click();
  await page.getByRole("button", { name: "Later week" }).click();
  await freeTimes(page).first().click();
  return page.getByRole("dialog", { name: "Confirm your time" });
}

/** Picks any doctor and a time a week ahead, and holds it. @returns the price as it is written. */
export async function chooseTime(page: Page, reason = ""): Promise<string> {
  await page.goto("/doctors");
  const doctors = page.getByRole("main").getByRole("link", { name: /^Dr\. / });
  await doctors.first().waitFor();
  await doctors.nth(Math.floor(Math.random() * 10)).click();
  await page.getByRole("button", { name: "Later week" }).click();
  await freeTimes(page)
    .nth(Math.floor(Math.random() * 4))
    .click();
  await page.getByLabel("What is it about?").fill(reason);
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await page.getByRole("heading", { name: "Review and pay" }).waitFor();
  const label = await page.getByRole("link", { name: /^Pay ₹/ }).textContent();
  return (label ?? "").replace("Pay ", "");
}

/** Agrees to online consultations on the review page, where one has not before. */
export async function agree(page: Page): Promise<void> {
  // Where a click led here the page may still be on its way.
  await page.getByRole("link", { name: /^Pay ₹/ }).waitFor();
  const agreement = page.getByRole("checkbox", { name: /^I agree to consult / });
  if (await agreement.isVisible()) await agreement.check();
}

/** From the review to the booking, by way of the gateway's page. */
export async function pay(page: Page): Promise<void> {
  await agree(page);
  await page.getByRole("link", { name: /^Pay ₹/ }).click();
  await page.getByRole("button", { name: /^Pay \S*\d/ }).click();
  await page.getByRole("heading", { name: "Your consultation is confirmed" }).waitFor();
}

/** The link of a mail to somebody, once a job has sent it. */
export async function linkIn(page: Page, email: string, path: string): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    await page.goto("/dev/mailbox");
    // A letter of their own: below it stand other people's, with links that work as well.
    const letters = page.getByRole("listitem").filter({ hasText: email }).filter({ hasText: path });
    const [text = ""] = await letters.allTextContents();
    const found = text.split(path)[1]?.match(/^[\w-]{43}/)?.[0];
    if (found) return `${path}${found}`;
    await page.waitForTimeout(500);
  }
  throw new Error(`no mail with ${path} came`);
}

/** Out by the account's menu. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /^Account of / }).waitFor({ state: "detached" });
}
