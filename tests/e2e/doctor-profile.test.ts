import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { look, useBrowser } from "../support/browser";
import { DEMO_PASSWORD, signIn } from "../support/journey";
import { rest, tokenFor } from "../support/rest";

const profile = z.looseObject({ id: z.string(), name: z.string(), council: z.string() });

/** A demo doctor that no other test uses. */
async function useDoctor(number: number) {
  const email = `doctor${number}@doctors.demo.test`;
  const token = await tokenFor(email, DEMO_PASSWORD);
  return {
    email,
    read: () => rest("/doctor/profile", profile, { token }),
    change: (body: object) => rest("/doctor/profile", profile, { token, body, method: "PATCH" }),
  };
}

/** Opens the form. Text that is typed before React hydrates the server's fields may be lost. */
async function openProfile(page: Page) {
  await page.goto("/doctor/profile");
  await page.waitForFunction(() =>
    Object.keys(document.querySelector("textarea") ?? {}).some((key) => key.startsWith("__react")),
  );
}

const save = (page: Page) => page.getByRole("button", { name: "Save changes" }).click();
const saved = (page: Page, words: string) =>
  page.getByRole("status").filter({ hasText: words }).waitFor();

describe.each(["desktop", "phone"] as const)(
  "a doctor's public profile, %s",
  { timeout: 300_000 },
  (width) => {
    const open = useBrowser();
    const first = width === "desktop" ? 31 : 34;

    test("is found in the navigation, and shows new practice details to patients at once", async () => {
      const doctor = await useDoctor(first);
      const { id } = await doctor.read();
      const page = await open(width);
      await signIn(page, doctor.email);
      if (width === "phone") await page.getByRole("button", { name: "Open menu" }).click();
      await page
        .getByRole("link", { name: "Public profile", exact: true })
        .locator("visible=true")
        .first()
        .click();
      await page.getByRole("heading", { name: "Public profile" }).waitFor();
      await look(page, "doctor-profile");

      const field = `Netra ${width} ${Date.now()}`;
      await page.getByLabel("Specializations").first().fill(field);
      await page.keyboard.press("Enter");
      await page.getByLabel("Qualifications (optional)").first().fill("BAMS");
      await page.keyboard.press("Enter");
      await page.getByLabel("Fee").fill("");
      await save(page);
      await page.getByText("Please enter an amount from ₹1 to ₹1,00,000").waitFor();
      await page.getByLabel("Fee").fill("815");
      await page.getByLabel("About you (optional)").fill("I treat eyes.");
      await save(page);
      await saved(page, "Saved");

      const patient = await open(width);
      await patient.goto(`/doctors?q=${encodeURIComponent(field)}`);
      await patient.getByRole("main").getByText("₹815").first().waitFor();
      await patient.goto(`/doctors/${id}`);
      await patient.getByText("I treat eyes.").waitFor();
      await patient.getByText("BAMS").waitFor();
      await look(patient, "doctor-with-qualifications");
    });

    test("keeps the old name public until an admin approves the new name", async () => {
      const doctor = await useDoctor(first + 1);
      const { id, name } = await doctor.read();
      const page = await open(width);
      await signIn(page, doctor.email);
      await openProfile(page);
      const renamed = `${name} Rao`;
      await page.getByLabel("Name", { exact: true }).fill(renamed);
      await page.getByLabel("Council").fill("Kerala Medical Council");
      await save(page);
      await saved(page, "waits for the clinic");
      const waiting = page.getByRole("alert").filter({ hasText: "A change waits for the clinic" });
      await waiting.getByText(renamed).waitFor();
      await look(page, "doctor-profile-waiting");
      const patient = await open(width);
      await patient.goto(`/doctors/${id}`);
      await patient.getByRole("heading", { name, exact: true }).waitFor();

      const admin = await open(width);
      await signIn(admin, "admin@demo.test");
      const attention = admin.getByRole("region", { name: "This waits for you" });
      await attention.getByRole("link", { name: "See the changes" }).click();
      const file = admin.getByRole("article").filter({ hasText: doctor.email });
      await file.getByText(renamed).waitFor();
      await look(admin, "doctor-changes");
      await file.getByRole("button", { name: `Turn down the change of ${name}` }).click();
      const rejecting = admin.getByRole("dialog", { name: `Turn down the change of ${name}?` });
      await rejecting.getByRole("button", { name: "Turn down" }).click();
      await rejecting.getByText("Please write a few words.").waitFor();
      await rejecting.getByLabel("What does not fit?").fill("The register says Delhi.");
      await look(admin, "doctor-change-reject");
      await rejecting.getByRole("button", { name: "Turn down" }).click();
      await file.waitFor({ state: "detached" });

      await openProfile(page);
      await page.getByText("The clinic writes: The register says Delhi.").waitFor();
      await look(page, "doctor-profile-rejected");
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe(name);
      await page.getByLabel("Name", { exact: true }).fill(renamed);
      await save(page);
      await saved(page, "waits for the clinic");

      await admin.reload();
      await file.getByRole("button", { name: `Approve the change of ${name}` }).click();
      const approving = admin.getByRole("dialog", { name: `Approve the change of ${name}?` });
      await look(admin, "doctor-change-approve");
      await approving.getByRole("button", { name: "Approve" }).click();
      await file.waitFor({ state: "detached" });
      await patient.reload();
      await patient.getByRole("heading", { name: renamed, exact: true }).waitFor();
      await page.reload();
      await page.getByText("Your last change is approved").waitFor();
    });

    test("withdraws a waiting change, and keeps unsaved input if another device has saved a change", async () => {
      const doctor = await useDoctor(first + 2);
      const { name, council } = await doctor.read();
      await doctor.change({ name: `${name} Iyer` });
      const page = await open(width);
      await signIn(page, doctor.email);
      await openProfile(page);
      const about = page.getByLabel("About you (optional)");
      await about.fill("Typed here.");
      await page.getByRole("button", { name: "Take it back" }).click();
      await page.getByText("A change waits for the clinic").waitFor({ state: "detached" });
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe(name);
      expect(await about.inputValue()).toBe("Typed here.");

      await doctor.change({ fee: { amount: 77_700, currency: "INR" }, bio: "Typed elsewhere." });
      await save(page);
      await page.getByText("Changed there: Fee and About you.").waitFor();
      expect(await about.inputValue()).toBe("Typed here.");
      expect(await page.getByLabel("Fee").inputValue()).toBe("₹777");
      await look(page, "doctor-profile-stale");

      await page.getByRole("link", { name: "Look at your page as patients do" }).click();
      const asked = page.getByRole("dialog", { name: "Leave without saving?" });
      await asked.getByRole("button", { name: "Stay on this page" }).click();
      await save(page);
      await saved(page, "Saved");
      expect(await doctor.read()).toMatchObject({
        bio: "Typed here.",
        fee: { amount: 77_700 },
        name,
        council,
        pending: null,
      });
    });
  },
);
