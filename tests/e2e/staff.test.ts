import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { look, useBrowser } from "../support/browser";
import { makeIdle } from "../support/demo-database";
import { freeTimes, PASSWORD, signIn, signUp } from "../support/journey";
import { rest, tokenFor } from "../support/rest";

const heading = (page: Page, name: string) => page.getByRole("heading", { name });
const DAY = 24 * 3600_000;

/** Makes every tab ask the server when the session ends, as a tab does after "Stay signed in". */
const checkSessionEnd = (page: Page) =>
  page.evaluate(() => {
    const channel = new BroadcastChannel("amrutam-session");
    channel.postMessage("look");
    channel.close();
  });

describe.each(["desktop", "phone"] as const)(
  "the clinic's staff, %s",
  { timeout: 300_000 },
  (width) => {
    const open = useBrowser();

    test("suspend a patient, who is signed out at the next click, and reactivate the account", async () => {
      const patient = await open(width);
      const { email, name } = await signUp(patient);
      await patient.goto("/account/devices");
      await patient.getByText("You are here").waitFor();

      const admin = await open(width);
      await signIn(admin, "admin@demo.test");
      await admin.goto("/admin/people");
      await admin.getByRole("article").nth(3).waitFor();
      await look(admin, "people");
      await admin.getByLabel("Search").fill(email);
      const row = admin.getByRole("article").filter({ hasText: email });
      await expect.poll(() => admin.getByRole("article").count()).toBe(1);
      await row.getByRole("button", { name: `Manage ${name}` }).click();
      await admin.getByRole("menuitem", { name: "Suspend…" }).waitFor();
      await look(admin, "people-menu");
      await admin.getByRole("menuitem", { name: "Suspend…" }).click();
      const dialog = admin.getByRole("dialog", { name: `Suspend ${name}?` });
      await dialog.getByRole("button", { name: "Suspend" }).click();
      await dialog.getByText("Please write a few words.").waitFor();
      await look(admin, "suspend");
      await dialog.getByLabel("Why?").fill("Asked for it by phone");
      await dialog.getByRole("button", { name: "Suspend" }).click();
      await row.getByText("Suspended").waitFor();

      await patient.getByRole("link", { name: "Profile" }).click();
      await heading(patient, "Welcome back").waitFor();
      await patient.getByLabel("Email").fill(email);
      await patient.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await patient.getByRole("button", { name: "Sign in" }).click();
      await patient.getByText("This account is suspended.").waitFor();

      await row.getByRole("button", { name: `Manage ${name}` }).click();
      await admin.getByRole("menuitem", { name: "Give access back…" }).click();
      await admin.getByLabel("Why?").fill("They called back");
      await admin.getByRole("button", { name: "Give access back" }).click();
      await row.getByText("Suspended").waitFor({ state: "detached" });
      await patient.getByRole("button", { name: "Sign in" }).click();
      await heading(patient, "Profile").waitFor();
    });

    test("approve an applicant as a doctor, who can then be booked", async () => {
      const applicant = await open(width);
      const { email, name } = await signUp(applicant);
      await applicant.goto("/account/doctor");
      await heading(applicant, "Practise with us").waitFor();
      await look(applicant, "apply");
      await applicant.getByRole("button", { name: "Send my application" }).click();
      await applicant.getByText("Please enter your registration no.").waitFor();
      const number = `KMC-${Date.now()}`;
      await applicant.getByLabel("Registration no.").fill(number);
      await applicant.getByLabel("Council").fill("Karnataka Medical Council");
      await applicant.getByRole("textbox", { name: "Registered until" }).fill("31 March 2031");
      await applicant.keyboard.press("Tab");
      await applicant.getByLabel("You are", { exact: true }).first().click();
      await applicant.getByRole("option", { name: "A woman" }).click();
      await applicant.getByLabel("Specializations").first().fill("Kayachikitsa");
      await applicant.keyboard.press("Enter");
      await applicant.getByLabel("Languages that you consult in").first().fill("Kannada");
      await applicant.keyboard.press("Enter");
      await applicant.getByLabel("Years of experience").fill("12");
      await applicant.getByLabel("Fee").fill("650");
      await applicant.getByRole("button", { name: "Send my application" }).click();
      await applicant.getByText("We are checking it").waitFor();
      await look(applicant, "applied");

      const admin = await open(width);
      await signIn(admin, "admin@demo.test");
      const waiting = admin.getByRole("region", { name: "This waits for you" });
      await waiting.getByText(/doctors? waits? for approval/).waitFor();
      await look(admin, "admin-waiting");
      await waiting.getByRole("link", { name: "See the applications" }).click();
      const file = admin.getByRole("article").filter({ hasText: email });
      await file.getByText(number).waitFor();
      await look(admin, "doctors-waiting");
      await file.getByRole("button", { name: `Approve ${name}` }).click();
      const dialog = admin.getByRole("dialog", { name: `Approve ${name}?` });
      await dialog.getByLabel("Council").waitFor();
      await look(admin, "approve");
      await dialog.getByRole("button", { name: "Approve" }).click();
      await file.waitFor({ state: "detached" });
      await admin.getByText("Approved", { exact: true }).first().click();
      await admin.getByRole("article").filter({ hasText: email }).waitFor();

      await applicant.reload();
      await heading(applicant, "Welcome back").waitFor();
      await signIn(applicant, email, PASSWORD);
      await heading(applicant, "Your registration").waitFor();
      await applicant.getByText("Approved").waitFor();
      await look(applicant, "registration");

      const token = await tokenFor(email, PASSWORD);
      const startsAt = new Date(Math.ceil(Date.now() / DAY) * DAY + DAY + 4 * 3600_000);
      const endsAt = new Date(startsAt.getTime() + 1800_000);
      const body = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
      await rest("/doctor/slots", z.looseObject({}), { token, body });

      const patient = await open(width);
      await signUp(patient);
      await patient.goto(`/doctors?q=${encodeURIComponent(name)}`);
      await patient.getByRole("main").getByRole("link", { name }).first().click();
      await freeTimes(patient).first().click();
      await patient.getByRole("button", { name: "Continue to payment" }).click();
      await heading(patient, "Review and pay").waitFor();
    });

    test("read and verify the audit log, and see the jobs", async () => {
      const admin = await open(width);
      await signIn(admin, "admin@demo.test");
      await admin.goto("/admin/audit");
      await admin.getByRole("article").nth(5).waitFor();
      await admin.getByRole("button", { name: "Check the chains" }).click();
      await admin.getByText("Nothing was changed").waitFor();
      await look(admin, "audit");
      await admin.getByLabel("What", { exact: true }).first().click();
      await admin.getByRole("option", { name: "Session started" }).click();
      const others = admin.getByRole("article").filter({ hasNotText: "Signed in " });
      await others.first().waitFor({ state: "detached" });
      await admin.getByText("Details and ids").first().click();
      await look(admin, "audit-entry");
      await admin.getByRole("button", { name: "Only what they did" }).first().click();
      await admin.getByRole("button", { name: /^Take the filter away/ }).waitFor();

      await admin.goto("/admin/jobs");
      await admin.getByRole("article").first().waitFor();
      await admin.getByText("Steps and tries").first().click();
      await look(admin, "jobs");
      await admin.goto("/account");
      await admin.getByLabel("Your name").waitFor();
      await look(admin, "account-admin");
    });
  },
);

describe("staff who are idle", { timeout: 300_000 }, () => {
  const open = useBrowser();

  test("are warned, can stay signed in, and are otherwise signed out and return to their page", async () => {
    const doctor = "doctor@demo.test";
    const page = await open("desktop");
    await signIn(page, doctor);
    await page.goto("/doctor/availability");
    await heading(page, "My hours").waitFor();
    const tab = await page.context().newPage();
    await tab.goto("/doctor");
    await heading(tab, "My day").waitFor();
    // Requests of a page that still loads count as activity.
    await page.waitForLoadState("networkidle");
    await tab.waitForLoadState("networkidle");

    await makeIdle(doctor, 14 * 60 + 10);
    await checkSessionEnd(page);
    const warning = page.getByRole("dialog", { name: "Are you still there?" });
    await warning.waitFor();
    await tab.getByRole("dialog", { name: "Are you still there?" }).waitFor();
    await look(page, "idle");
    await warning.getByRole("button", { name: "Stay signed in" }).click();
    await warning.waitFor({ state: "detached" });
    // The other tab closes its warning, too.
    await tab.getByRole("dialog", { name: "Are you still there?" }).waitFor({ state: "detached" });

    await makeIdle(doctor, 14 * 60 + 56);
    await checkSessionEnd(page);
    await page.getByText("You were signed out").waitFor();
    await look(page, "idle-ended");
    await signIn(page, doctor);
    await heading(page, "My hours").waitFor();
  });
});
