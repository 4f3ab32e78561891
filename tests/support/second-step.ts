import { generate } from "otplib";
import type { Page } from "playwright-core";

/** The code that an app shows at a moment; each works once, so that later ones are asked for. */
export const codeOf = (secret: string, secondsAhead = 0) =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + secondsAhead });

/** Begins on the page that explains the second step. @returns what the app keeps. */
export async function beginSecondStep(page: Page): Promise<string> {
  await page.getByRole("button", { name: "I have an app, begin" }).click();
  await page.getByRole("img", { name: "QR code for your app" }).waitFor();
  return ((await page.locator("code").textContent()) ?? "").replaceAll(" ", "");
}

/** Types the app's code, keeps the recovery codes and goes on. @returns those codes. */
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
