import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { openFirstTime, signUp } from "../support/journey";

describe("without a network", () => {
  const open = useBrowser();

  test("holding a time fails at once, and sends nothing when the network is back", async () => {
    const page = await open("phone");
    await signUp(page);
    const writes: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") writes.push(request.url());
    });
    const dialog = await openFirstTime(page);
    await dialog.getByLabel("What is it about?").fill("A cough");
    writes.length = 0;

    await page.context().setOffline(true);
    await dialog.getByRole("button", { name: "Continue to payment" }).click();
    await dialog.getByText("You are offline, so nothing was sent.").waitFor();
    await look(page, "offline");
    expect(await dialog.getByLabel("What is it about?").inputValue()).toBe("A cough");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await page.context().setOffline(false);
    // A later request has succeeded, so a queued write would have been sent by now.
    await page.evaluate(() => fetch("/api/health/live").then(({ status }) => status));
    await page.goto("/bookings");
    await page.getByRole("heading", { name: "My bookings" }).waitFor();
    expect(writes).toEqual([]);
    expect(await page.getByText("Waiting for payment").count()).toBe(0);
  });
});
