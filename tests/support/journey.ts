import { randomUUID } from "node:crypto";
import type { Locator, Page } from "playwright-core";
import { codeFor } from "./rest";

/** The password of people who sign up in tests. */
export const PASSWORD = "a long enough secret 42";

/** Signs up a new patient and confirms the address with the mailed code, which also signs in. */
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

/** Signs in with the form. */
export async function signIn(page: Page, email: string, password = DEMO_PASSWORD): Promise<void> {
  if (new URL(page.url(), "http://none").pathname !== "/sign-in") await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** The buttons of free times on a doctor's page, named like "9:30 am, Tuesday, 24 November 2026". */
export const freeTimes = (page: Page) =>
  page.getByRole("region", { name: "Choose a time" }).getByRole("button", {
    name: /^\d{1,2}:\d\d [ap]m, /,
  });

/** Opens the first doctor's first free time a week ahead. @returns the dialog. */
export async function openFirstTime(page: Page): Promise<Locator> {
  await page.goto("/doctors");
  const doctors = page.getByRole("main").getByRole("link", { name: /^Dr\. / });
  await doctors.first().click();
  await page.getByRole("button", { name: "Later week" }).click();
  await freeTimes(page).first().click();
  return page.getByRole("dialog", { name: "Confirm your time" });
}

/** Holds a random time of a random doctor a week ahead. @returns the displayed price. */
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

/** Agrees to online consultations on the review page, unless the patient did before. */
export async function agree(page: Page): Promise<void> {
  // The page may still be loading.
  await page.getByRole("link", { name: /^Pay ₹/ }).waitFor();
  const agreement = page.getByRole("checkbox", { name: /^I agree to consult / });
  if (await agreement.isVisible()) await agreement.check();
}

/** Pays from the review page through the gateway's page to the confirmed booking. */
export async function pay(page: Page): Promise<void> {
  await agree(page);
  await page.getByRole("link", { name: /^Pay ₹/ }).click();
  await page.getByRole("button", { name: /^Pay \S*\d/ }).click();
  await page.getByRole("heading", { name: "Your consultation is confirmed" }).waitFor();
}

/** Waits for a mail to an address and reads its link. @returns path and token. */
export async function linkIn(page: Page, email: string, path: string): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    await page.goto("/dev/mailbox");
    // Only mails to this address: the page also shows mails to other people.
    const mails = page.getByRole("listitem").filter({ hasText: email }).filter({ hasText: path });
    const [text = ""] = await mails.allTextContents();
    const found = text.split(path)[1]?.match(/^[\w-]{43}/)?.[0];
    if (found) return `${path}${found}`;
    await page.waitForTimeout(500);
  }
  throw new Error(`no mail with ${path} arrived`);
}

/** Signs out through the account menu. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /^Account of / }).waitFor({ state: "detached" });
}
