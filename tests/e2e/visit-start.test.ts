import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { asOwner } from "../support/demo-database";
import { chooseTime, pay, signUp } from "../support/journey";
import { MOVE_VISIT } from "../support/move-visit";

/** Withdraws the doctor's free slots within an hour of now, because the visit moves there. */
const MAKE_ROOM = `
  UPDATE availability_slots s SET withdrawn_at = now() FROM bookings b
   WHERE b.id = $1 AND s.doctor_id = b.doctor_id AND s.status = 'AVAILABLE' AND s.withdrawn_at IS NULL
     AND s.starts_at BETWEEN now() - interval '1 hour' AND now() + interval '1 hour'`;

/** Moves the visit whose page is open, and reloads the page. */
async function moveTo(page: Page, startsIn: string): Promise<void> {
  // The page is shown before the browser's address changes.
  await page.waitForURL("**/bookings/**");
  const [, , bookingId] = new URL(page.url()).pathname.split("/");
  const { rowCount } = await asOwner(async (owner) => {
    await owner.query(MAKE_ROOM, [bookingId]);
    return owner.query(MOVE_VISIT, [bookingId, startsIn]);
  });
  expect(rowCount).toBe(1);
  await page.reload();
}

describe.each(["desktop", "phone"] as const)("the start of a visit, %s", (width) => {
  const open = useBrowser();

  test("ends the hold, and a patient who cancels because the doctor is late gets a full refund", async () => {
    const page = await open(width);
    await signUp(page);
    const price = await chooseTime(page);
    await moveTo(page, "100 seconds");
    await page.getByText("The consultation starts then, so this time cannot be held").waitFor();
    expect(await page.getByRole("button", { name: "I need more time" }).count()).toBe(0);
    await look(page, "hold-until-start");

    await pay(page);
    await page.getByRole("heading", { name: "You are waiting" }).waitFor();
    await moveTo(page, "-1 minute");
    await page.getByText("you get everything back").waitFor();
    await look(page, "waiting");

    await page.getByRole("button", { name: "Cancel consultation…" }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel this consultation?" });
    await dialog
      .getByText("has not started the consultation, so you get everything back")
      .waitFor();
    await look(page, "cancel-late-doctor");
    await dialog.getByRole("button", { name: `Cancel and get ${price} back` }).click();
    await page.getByRole("heading", { name: "The doctor did not come" }).waitFor();
  });

  test("expires a hold that is not paid", async () => {
    const page = await open(width);
    await signUp(page);
    await chooseTime(page);
    await moveTo(page, "3 seconds");
    // The job of the hold sleeps until its original end, but a sweep runs every minute.
    const text = page.getByText("It was not paid before it started");
    await text.waitFor({ timeout: 100_000 });
    await page.getByText("You have not been charged").waitFor();
    await look(page, "begun");
  });
});
