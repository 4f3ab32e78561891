import { generate } from "otplib";
import type { Page } from "playwright-core";

/** The one-time code of a secret. A code works only once, so tests also need later codes. */
export const codeOf = (secret: string, secondsAhead = 0) =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + secondsAhead });

/** Starts the setup of the second factor. @returns the secret. */
export async function beginSecondStep(page: Page): Promise<string> {
  await page.getByRole("button", { name: "I have an app, begin" }).click();
  await page.getByRole("img", { name: "QR code for your app" }).waitFor();
  return ((await page.locator("code").textContent()) ?? "").replaceAll(" ", "");
}

/** Confirms the second factor with a code. @returns the recovery codes. */
export async function confirmSecondStep(page: Page, secret: string): Promise<string[]> {
  await page.getByLabel("Digit 1").click();
  await page.keyboard.type(await codeOf(secret));
  await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
  const codes = page.getByLabel("Recovery codes", { exact: true }).getByRole("listitem");
  const shown = await codes.allTextContents();
  await page.getByLabel("I have kept them in a safe place").check();
  await page.getByRole("button", { name: "Continue" }).click();
  return shown;
}
