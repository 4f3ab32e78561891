import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, test } from "vitest";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  look,
  screenshot,
  useBrowser,
} from "../support/browser";
import { linkIn, PASSWORD, signIn, signOut, signUp } from "../support/journey";
import { codeFor } from "../support/rest";

describe.each(["desktop", "phone"] as const)("a new patient, %s", (width) => {
  const open = useBrowser();

  async function register(page: Page, next = "") {
    const email = `${randomUUID()}@example.test`;
    await page.goto(`/sign-up${next}`);
    await page.getByLabel("Your name").fill("Meera Rao");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { name: "Confirm your address" }).waitFor();
    return email;
  }

  test("confirms the address by the mailed code, and continues to the wanted page", async () => {
    const page = await open(width);
    const email = await register(page, "?next=%2Fdoctors%3Fq%3DAyurveda");
    await look(page, "sign-up-code");
    const right = await codeFor(email);
    await page.getByLabel("Code").fill(right === "000000" ? "000001" : "000000");
    await page.getByRole("button", { name: "Confirm and go on" }).click();
    await page.getByText("That code or link is not right").waitFor();
    await look(page, "sign-up-code-wrong");
    await page.getByLabel("Code").fill(`${right.slice(0, 3)} ${right.slice(3)}`);
    await page.getByRole("button", { name: "Confirm and go on" }).click();
    await page.waitForURL("**/doctors?q=Ayurveda");
    await signOut(page);
    await signIn(page, email, PASSWORD);
  });

  test("confirms the address by the mailed link, and continues from there", async () => {
    const page = await open(width);
    const email = await register(page);
    const confirm = await linkIn(page, email, "/verify?token=");
    await page.goto(confirm);
    await look(page, "verify");
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
    await look(page, "verified");
    await page.getByRole("main").getByRole("link", { name: "Find a doctor" }).click();
    await page.waitForURL("**/doctors");
    await page.getByRole("button", { name: /^Account of / }).waitFor();

    // A second use of the link shows a notice with a way to sign in.
    await page.goto(confirm);
    await page.getByRole("button", { name: "Confirm my address" }).click();
    const notice = page.getByRole("main").getByRole("alert");
    await notice.getByText("Your address is not confirmed by this link").waitFor();
    await notice.getByRole("link", { name: "sign in" }).waitFor();
    await look(page, "verified-before");
  });

  test("gets a new code by mail when signing in before the address is confirmed", async () => {
    const page = await open(width);
    const email = await register(page);
    await page.goto("/sign-in?next=%2Fdoctors%3Fq%3DAyurveda");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Type the code" }).click();
    await look(page, "sign-in-code");
    await page.getByLabel("Code").fill(await codeFor(email));
    await page.getByRole("button", { name: "Confirm and go on" }).click();
    await page.waitForURL("**/doctors?q=Ayurveda");
  });
});

describe("a patient who forgot the password", () => {
  const open = useBrowser();

  test("gets a link by mail, sets a new password and signs in with it", async () => {
    const page = await open("phone");
    const { email } = await signUp(page);
    const mail = await open("desktop");

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

    // The device that was signed in before is signed out.
    await page.goto("/bookings");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });
});
