import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser";
import { DEMO_PASSWORD, signIn } from "../support/journey";

/** Keeps the page's scripts from loading. @returns a function that lets them load. */
async function holdScripts(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

describe("text that is typed before the page's scripts have loaded", () => {
  const open = useBrowser();

  test("signs in", async () => {
    const page = await open("phone");
    const release = await holdScripts(page);
    await page.goto("/sign-in", { waitUntil: "commit" });
    await page.getByLabel("Email").fill("patient2@demo.test");
    await page.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
    release();
    await page.waitForLoadState("networkidle");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");
  });

  test("is saved in the profile", async () => {
    const page = await open("desktop");
    await signIn(page, "patient2@demo.test");
    const release = await holdScripts(page);
    await page.goto("/account", { waitUntil: "commit" });
    const phone = page.getByLabel("Phone (optional)");
    await phone.fill("+91 98765 00042");
    release();
    await page.waitForLoadState("networkidle");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    await expect.poll(() => phone.inputValue()).toBe("+91 98765 00042");
  });
});
