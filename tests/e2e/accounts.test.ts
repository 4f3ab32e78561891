import { describe, test } from "vitest";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  look,
  screenshot,
  useBrowser,
} from "../support/browser";
import { linkIn, signUp } from "../support/journey";

describe("a patient who forgot the password", () => {
  const open = useBrowser();

  test("confirms the address, has a link mailed, sets a new one and signs in with it", async () => {
    const page = await open("phone");
    const { email } = await signUp(page);
    const mail = await open("desktop");
    const confirm = await linkIn(mail, email, "/verify?token=");
    await page.goto(confirm);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByText("Your address is confirmed.").waitFor();
    await screenshot(page, "verified");

    // The same link again is no dead end.
    await page.goto(confirm);
    await page.getByRole("button", { name: "Confirm my address" }).click();
    const notice = page.getByRole("main").getByRole("alert");
    await notice.getByText("Your address is not confirmed by this link").waitFor();
    await notice.getByRole("link", { name: "sign in" }).waitFor();
    await look(page, "verified-before");

    const other = await open("desktop");
    await other.goto("/reset");
    await other.getByRole("heading", { name: "Forgot your password?" }).waitFor();
    await other.goto("/sign-in");
    await other.getByRole("link", { name: "Set a new one" }).click();
    await other.getByRole("heading", { name: "Forgot your password?" }).waitFor();
    await other.getByLabel("Email").fill(email);
    await expectAccessible(other);
    await screenshot(other, "forgot");
    await other.getByRole("button", { name: "Mail me a link" }).click();
    await other.getByText("Please look at your mail").waitFor();

    await other.goto(await linkIn(mail, email, "/reset?token="));
    await other.getByLabel("New password", { exact: true }).fill("another long secret 42");
    await expectAccessible(other);
    await expectNoSidewaysScroll(other);
    await screenshot(other, "reset");
    await other.getByRole("button", { name: "Set the password" }).click();
    await other.getByText("Your password is set").waitFor();
    await other.getByRole("main").getByRole("link", { name: "Sign in" }).click();
    await other.getByRole("heading", { name: "Welcome back" }).waitFor();
    await other.getByLabel("Email").fill(email);
    await other.getByLabel("Password", { exact: true }).fill("another long secret 42");
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.waitForURL((url) => !url.pathname.startsWith("/sign-in"));

    // The device from before is signed out.
    await page.goto("/bookings");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });
});
