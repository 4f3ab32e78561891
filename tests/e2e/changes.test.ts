import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { chooseTime, freeTimes, pay, signUp } from "../support/journey";

describe.each(["desktop", "phone"] as const)("a patient who changes their mind, %s", (width) => {
  const open = useBrowser();

  test("a declined payment frees the time, and it can be tried again", async () => {
    const page = await open(width);
    await signUp(page);
    await chooseTime(page);
    await page.getByRole("link", { name: /^Pay ₹/ }).click();
    await page.getByRole("button", { name: /decline/i }).click();
    await page.getByRole("heading", { name: "The payment did not go through" }).waitFor();
    await look(page, "declined");
    await page.getByRole("link", { name: "Try this time again" }).click();
    await page.getByRole("dialog", { name: "Confirm your time" }).waitFor();
    await page.getByRole("button", { name: "Continue to payment" }).click();
    await pay(page);
    await page.getByRole("heading", { name: "Your consultation is confirmed" }).waitFor();
  });

  test("the hold warns, and gives more time when asked", async () => {
    const page = await open(width);
    await page.clock.install();
    await signUp(page);
    await chooseTime(page);
    await page.clock.fastForward("09:05");
    await page.getByText("Less than a minute left. After that others can take it.").waitFor();
    await look(page, "hold-warning");
    await page.getByRole("button", { name: "I need more time" }).click();
    await page.getByText("Less than a minute left. After that others can take it.").waitFor({
      state: "detached",
    });
    await page.getByText(/[23]:\d\d left/).waitFor();
  });

  test("cancelling shows the refund to the rupee, and gives it back", async () => {
    const page = await open(width);
    await signUp(page);
    const price = await chooseTime(page);
    await pay(page);
    await page.getByRole("button", { name: "Cancel consultation…" }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel this consultation?" });
    await dialog.getByText("You get back").waitFor();
    await look(page, "cancel");
    await dialog.getByRole("button", { name: /^Cancel and get/ }).click();
    await page.getByRole("heading", { name: "This booking is cancelled" }).waitFor();
    await look(page, "cancelled");
    await page.getByRole("link", { name: "Receipt" }).click();
    await page.getByRole("heading", { name: "Receipt" }).waitFor();
    // The refund is carried out by a job, and told by the gateway's webhook.
    await expect
      .poll(
        async () => {
          await page.reload();
          return page.getByText(`${price}, paid back`).count();
        },
        { timeout: 30_000, interval: 1000 },
      )
      .toBe(1);
    await look(page, "receipt");
    await page.getByRole("link", { name: "Payments" }).first().click();
    await page.getByText(`Refunded: ${price}`).waitFor();
    await look(page, "payments");
  });

  test("moving a consultation keeps the payment and frees the old time", async () => {
    const page = await open(width);
    await signUp(page);
    await chooseTime(page);
    await pay(page);
    const before = await page.locator("time").first().getAttribute("datetime");
    await page.getByRole("link", { name: "Move to another time" }).click();
    await page.getByRole("heading", { name: "Move your consultation" }).waitFor();
    await look(page, "reschedule");
    await page.getByRole("button", { name: "Later week" }).click();
    await freeTimes(page).first().click();
    await page.getByRole("button", { name: "Move my consultation" }).click();
    await page.getByRole("heading", { name: "Your consultation is confirmed" }).waitFor();
    expect(await page.locator("time").first().getAttribute("datetime")).not.toBe(before);
    await look(page, "moved");
  });
});
