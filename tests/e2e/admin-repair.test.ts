import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { failLastTry, withForgedEntry } from "../support/demo-faults";
import { linkIn, signIn, signUp } from "../support/journey";

/** Requests a mailed link for a new password. */
async function askForReset(page: Page, email: string): Promise<void> {
  await page.goto("/forgot");
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Mail me a link" }).click();
  await page.getByText("Please look at your mail").waitFor();
}

describe.each(["desktop", "phone"] as const)("an admin, %s", { timeout: 300_000 }, (width) => {
  const open = useBrowser();

  test("starts a failed job run again, and its work is done", async () => {
    const patient = await open(width);
    const { email } = await signUp(patient);
    const forgetful = await open(width);
    await failLastTry(email, () => askForReset(forgetful, email));

    const admin = await open(width);
    await signIn(admin, "admin@demo.test");
    await admin.goto("/admin/jobs");
    await admin.getByLabel("State", { exact: true }).first().click();
    await admin.getByRole("option", { name: "Failed" }).click();
    const row = admin.getByRole("article").filter({ hasText: "Mail account" });
    await row.getByText("Failed", { exact: true }).waitFor();
    await row.getByText("the test refuses links").waitFor();
    await look(admin, "job-failed");
    await row.getByRole("button", { name: "Start again: Mail account" }).click();
    const dialog = admin.getByRole("dialog", { name: "Start this run again?" });
    await dialog.getByText("Steps that were done stay done.").waitFor();
    await look(admin, "job-retry");
    await dialog.getByRole("button", { name: "Start again" }).click();
    await dialog.waitFor({ state: "detached" });
    // The run has left the list of failed runs, which is empty now.
    await admin.getByText("No run is in this state").waitFor();
    await look(admin, "jobs-none-failed");

    const link = await linkIn(await open("desktop"), email, "/reset?token=");
    await admin.getByLabel("Clear: State").click();
    const again = admin.getByRole("article").filter({ hasText: "started again by hand 1×" });
    await again.first().getByText("Done").waitFor();
    await patient.goto(link);
    await patient.getByRole("heading", { name: "Set a new password" }).waitFor();
  });

  test("sees which audit entry was forged, and no problem after it is restored", async () => {
    const admin = await open(width);
    await signIn(admin, "admin@demo.test");
    await admin.goto("/admin/audit");
    await admin.getByRole("article").first().waitFor();
    await withForgedEntry(async ({ id, chain, sequence }) => {
      await admin.getByRole("button", { name: "Check the chains" }).click();
      const alert = admin.getByRole("main").getByRole("alert");
      await alert.getByText("The record was tampered with").waitFor();
      const text = await alert.textContent();
      expect(text).toContain(`entry ${id}, number ${sequence} of chain ${chain}.`);
      expect(await admin.getByText("Nothing was changed").count()).toBe(0);
      await look(admin, "audit-tampered");
    });
    await admin.getByRole("button", { name: "Check the chains" }).click();
    await admin.getByText("Nothing was changed").waitFor();
    expect(await admin.getByText("The record was tampered with").count()).toBe(0);
  });
});
