import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { chooseTime, pay, signUp } from "../support/journey";

describe("before payment", () => {
  const open = useBrowser();

  test("a patient must give consent, and later sees the effect of its withdrawal", async () => {
    const page = await open("phone");
    await signUp(page);
    await chooseTime(page, "A cough since Monday");
    const agreement = page.getByRole("checkbox", { name: /^I agree to consult Dr\. / });
    expect(await agreement.isChecked()).toBe(false);
    await page.getByText("cannot read this now").waitFor();
    await look(page, "agreement");
    await page.getByRole("link", { name: /^Pay ₹/ }).click();
    await page.getByText("Please agree first").waitFor();
    expect(page.url()).toMatch(/\/review$/);
    await look(page, "agreement-missing");

    await pay(page);
    const booking = new URL(page.url()).pathname;
    await page.getByText("A cough since Monday").waitFor();
    expect(await page.getByText("cannot read this now").count()).toBe(0);

    await page.goto("/account#consent");
    await page.getByRole("button", { name: "Take it back…" }).click();
    await page.getByRole("button", { name: "Take it back", exact: true }).click();
    await page.getByText("You have given no consent, or have taken it back.").waitFor();
    await page.goto(booking);
    await page.getByText("cannot read this now").waitFor();
    await look(page, "agreement-withdrawn");
  });

  test("choosing a different time cancels the hold, after a warning", async () => {
    const page = await open("desktop");
    await signUp(page);
    await chooseTime(page);
    const review = page.url();
    await page.getByRole("button", { name: "Choose a different time" }).click();
    await page.getByText("this one becomes free for others").waitFor();
    await look(page, "different-time");
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByText("Held for you until").waitFor();

    await page.getByRole("button", { name: "Choose a different time" }).click();
    await page.getByRole("button", { name: "Let it go and choose another" }).click();
    await page.waitForURL(/\/doctors\/[0-9a-f-]{36}$/);
    await page.goto(review);
    await page.getByText("Cancelled", { exact: true }).first().waitFor();
  });
});
