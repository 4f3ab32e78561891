import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { PASSWORD, signIn, signOut, signUp } from "../support/journey";
import { beginSecondStep, codeOf, confirmSecondStep } from "../support/second-step";

const heading = (page: Page, name: string) => page.getByRole("heading", { name });

/** Signs in with the password, up to the question for the code. */
async function signInUntilCode(page: Page, email: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Code").waitFor();
}

describe.each(["desktop", "phone"] as const)(
  "the account pages, %s",
  { timeout: 300_000 },
  (width) => {
    const open = useBrowser();

    test("let a patient save the profile, set up two-step sign-in, and sign other devices out", async () => {
      const page = await open(width);
      const { email, name } = await signUp(page);
      await signOut(page);
      await signIn(page, email, PASSWORD);

      await page.goto("/account");
      await page.getByLabel("Phone").fill("+91 98765 43210");
      await page.getByRole("button", { name: "Save changes" }).click();
      await page.getByText("Saved", { exact: true }).waitFor();
      await page.getByRole("button", { name: "I agree" }).click();
      await page.getByText("You agreed on").waitFor();
      await look(page, "account");
      await page.reload();
      expect(await page.getByLabel("Phone").inputValue()).toBe("+91 98765 43210");

      await page.getByRole("link", { name: "Security" }).click();
      await page.getByText("It is off.").waitFor();
      await look(page, "security");
      await page.getByRole("link", { name: "Set up two-step sign-in" }).click();
      await heading(page, "How it works").waitFor();
      await look(page, "two-step-begin");
      const secret = await beginSecondStep(page);
      await page.keyboard.press("Tab");
      await look(page, "two-step-scan");
      await page.getByLabel("Digit 1").click();
      await page.keyboard.type("000000");
      await page.getByText("Two-step sign-in is not on yet").waitFor();
      await page.getByLabel("Digit 1").click();
      await page.keyboard.type(await codeOf(secret));
      await heading(page, "Keep your recovery codes").waitFor();
      const codes = await page
        .getByLabel("Recovery codes", { exact: true })
        .getByRole("listitem")
        .allTextContents();
      expect(new Set(codes).size).toBe(10);
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByText("Please keep them first").waitFor();
      await look(page, "recovery-codes");
      await page.getByLabel("I have kept them in a safe place").check();
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByText("It is on").waitFor();
      await look(page, "security-on");

      const other = await open(width);
      await signInUntilCode(other, email);
      await look(other, "sign-in-code");
      await other.getByLabel("Code").fill(await codeOf(secret, 30));
      await other.getByRole("button", { name: "Sign in" }).click();
      await heading(other, "My bookings").waitFor();
      await other.goto("/account");
      await other.getByLabel("Your name").waitFor();
      const third = await open(width);
      await signInUntilCode(third, email);
      await third.getByLabel("Code").fill(codes[0] ?? "");
      await third.getByRole("button", { name: "Sign in" }).click();
      await heading(third, "My bookings").waitFor();

      await page.getByRole("link", { name: "Devices" }).click();
      await page.getByText("You are here").waitFor();
      await page
        .getByRole("button", { name: /^Sign out / })
        .nth(1)
        .waitFor();
      await look(page, "devices");
      await page
        .getByRole("button", { name: /^Sign out / })
        .nth(1)
        .click();
      const dialog = page.getByRole("dialog", { name: "Sign this device out?" });
      await look(page, "device-sign-out");
      await dialog.getByRole("button", { name: "Sign it out" }).click();
      await dialog.waitFor({ state: "detached" });
      // The older of the two other devices is signed out at its next click, with a message.
      await other.getByRole("button", { name: "Save changes" }).click();
      await other.getByText("You are signed out on this device").waitFor();
      await look(other, "signed-out");

      await page.getByRole("button", { name: "Sign all other devices out…" }).click();
      await page.getByRole("button", { name: "Sign them out" }).click();
      await page.getByText("You are signed in nowhere else.").waitFor();
      await third.goto("/payments");
      await heading(third, "Welcome back").waitFor();
      await page.getByRole("button", { name: `Account of ${name}` }).waitFor();
    });

    test("let a patient change the password and recovery codes, and turn two-step sign-in off", async () => {
      const page = await open(width);
      await signUp(page);
      await page.goto("/account/security");
      await page.getByLabel("Current password", { exact: true }).fill("not the one that it is");
      await page.getByLabel("New password", { exact: true }).fill("another long secret 42");
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByText("That is not your current password.").waitFor();
      await look(page, "password-refused");
      await page.getByLabel("Current password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByText("Your password is changed").waitFor();

      await page.goto("/account/two-step");
      const secret = await beginSecondStep(page);
      const first = await confirmSecondStep(page, secret);
      const list = page.getByLabel("Recovery codes", { exact: true }).getByRole("listitem");
      await page.getByRole("button", { name: "New recovery codes…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Password", { exact: true }).fill("another long secret 42");
      await dialog.getByLabel("Code").fill(await codeOf(secret, 30));
      await look(page, "renew-codes");
      await page.getByRole("button", { name: "Make new codes" }).click();
      await list.first().waitFor();
      const second = await list.allTextContents();
      expect(second).toHaveLength(10);
      expect(second).not.toContain(first[0]);
      await page.getByLabel("I have kept them in a safe place").check();
      await page.getByRole("button", { name: "Continue" }).click();
      await list.first().waitFor({ state: "detached" });

      await page.getByRole("button", { name: "Turn it off…" }).click();
      await dialog.getByLabel("Password", { exact: true }).fill("another long secret 42");
      await dialog.getByLabel("Code").fill(first[1] ?? "");
      await dialog.getByRole("button", { name: "Turn it off" }).click();
      await page.getByText("It is still on").waitFor();
      await dialog.getByLabel("Code").fill(second[0] ?? "");
      await dialog.getByRole("button", { name: "Turn it off" }).click();
      await page.getByText("It is off.").waitFor();
    });
  },
);
