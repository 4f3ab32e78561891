import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser";
import { asOwner } from "../support/demo-database";
import { openFirstTime, PASSWORD, signIn, signOut, signUp } from "../support/journey";

/** Ends all sessions of a person, as "Sign out every other device" does on another device. */
const endSessions = (email: string) =>
  asOwner((owner) =>
    owner.query(
      `UPDATE sessions SET revoked_at = now()
        WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
      [email],
    ),
  );

const storedDrafts = (page: Page) => page.evaluate(() => JSON.stringify({ ...sessionStorage }));

const REASON = "A cough since Monday, worse at night";

/** Chooses a time, types a reason, and presses the button after the session has ended. */
async function loseSession(page: Page, email: string): Promise<string> {
  const dialog = await openFirstTime(page);
  const chosen = (await dialog.locator("time").allTextContents()).join(" ");
  await dialog.getByLabel("What is it about?").fill(REASON);
  await endSessions(email);
  await dialog.getByRole("button", { name: "Continue to payment" }).click();
  await page.getByText("You are signed out on this device").waitFor();
  return chosen;
}

describe("if the session ends while somebody types, the tab", () => {
  const open = useBrowser();

  test("keeps the chosen time and the reason until the same person signs in again", async () => {
    const page = await open("phone");
    const { email } = await signUp(page);
    const chosen = await loseSession(page, email);
    await signIn(page, email, PASSWORD);
    const dialog = page.getByRole("dialog", { name: "Confirm your time" });
    await dialog.waitFor();
    expect((await dialog.locator("time").allTextContents()).join(" ")).toBe(chosen);
    expect(await dialog.getByLabel("What is it about?").inputValue()).toBe(REASON);
    expect(await storedDrafts(page)).not.toContain("cough");
    await dialog.getByRole("button", { name: "Continue to payment" }).click();
    await page.getByRole("heading", { name: "Review and pay" }).waitFor();
    await page.getByText(REASON).waitFor();
  });

  test("shows no draft to another person, and deletes the draft", async () => {
    const page = await open("desktop");
    const { email } = await signUp(page);
    await loseSession(page, email);
    expect(await storedDrafts(page)).toContain("cough");
    await signIn(page, "patient2@demo.test");
    const dialog = page.getByRole("dialog", { name: "Confirm your time" });
    await dialog.waitFor();
    expect(await dialog.getByLabel("What is it about?").inputValue()).toBe("");
    await page.keyboard.press("Escape");
    expect(await storedDrafts(page)).not.toContain("cough");
    await signOut(page);
  });

  test("keeps the changed fields of the profile, but no password", async () => {
    const page = await open("desktop");
    const { email } = await signUp(page);
    await page.goto("/account");
    await page.getByRole("textbox", { name: "Date of birth (optional)" }).fill("09/03/1984");
    await page.getByLabel("Phone (optional)").fill("+91 98765 43210");
    await endSessions(email);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("You are signed out on this device").waitFor();
    await signIn(page, email, PASSWORD);
    await page.getByRole("heading", { name: "Profile" }).waitFor();
    const phone = page.getByLabel("Phone (optional)");
    await expect.poll(() => phone.inputValue()).toBe("+91 98765 43210");
    const born = page.getByRole("textbox", { name: "Date of birth (optional)" });
    expect(await born.inputValue()).toBe("9 March 1984");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();

    await page.goto("/account/security");
    await page.getByLabel("Current password").fill(PASSWORD);
    await page.getByLabel("New password", { exact: true }).fill("another long secret 42");
    await endSessions(email);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("You are signed out on this device").waitFor();
    expect(await storedDrafts(page)).not.toContain("secret 42");
  });

  test("keeps a doctor's changed hours, and a date and a time that were not added yet", async () => {
    const page = await open("desktop");
    const email = "doctor20@doctors.demo.test";
    await signIn(page, email);
    await page.goto("/doctor/availability");
    const monday = page.getByLabel("Monday, from").first();
    await monday.fill("07:45");
    const differ = page.getByRole("group", { name: "Add days that differ" });
    const dates = differ.getByRole("button", { name: "Dates" });
    await dates.click();
    await page.getByRole("button", { name: "Month after" }).click();
    await page.getByRole("button", { name: /^15 / }).first().click();
    await page.keyboard.press("Escape");
    const chosen = await dates.textContent();
    const start = page.getByLabel("Start", { exact: true });
    await start.fill("06:10");

    await endSessions(email);
    await page.getByRole("button", { name: "Review and save" }).click();
    await page.getByText("You are signed out on this device").waitFor();
    await signIn(page, email);

    await expect.poll(() => monday.inputValue()).toBe("07:45");
    expect(await dates.textContent()).toBe(chosen);
    expect(await start.inputValue()).toBe("06:10");
    await page.getByRole("button", { name: "Review and save" }).click();
    const review = page.getByRole("dialog", { name: "Save these hours?" });
    await review.getByText(/ times will open$/).waitFor();
  });
});
