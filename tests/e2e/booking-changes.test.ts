import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { look, screenshot, useBrowser } from "../support/browser";
import { agree, chooseTime, freeTimes, pay, signUp } from "../support/journey";

/** Changes a booking in the database, because no page can move it in time. */
async function changeInDatabase(text: string, bookingId: string | undefined): Promise<void> {
  const client = new pg.Client({ connectionString: inject("databaseUrl") });
  await client.connect();
  await client.query(text, [bookingId]).finally(() => client.end());
}

describe.each(["desktop", "phone"] as const)("after choosing a time, %s", (width) => {
  const open = useBrowser();

  test("a declined card keeps the hold, and a second try pays on the same page", async () => {
    const page = await open(width);
    await signUp(page);
    const price = await chooseTime(page);
    await page.getByRole("heading", { name: "If you cancel, you get back" }).waitFor();
    await page.getByText("15 minutes after paying").waitFor();
    await look(page, "review-terms");
    await agree(page);
    await page.getByRole("link", { name: /^Pay ₹/ }).click();
    await page.getByRole("button", { name: /decline/i }).click();
    await page.getByRole("alert").getByText("Your card was declined").waitFor();
    await page.getByText(/Your time is held until .*: try again here/).waitFor();
    await look(page, "declined");
    await page.reload();
    await page.getByRole("alert").getByText("Nothing has been paid.").waitFor();
    await page.getByRole("button", { name: `Pay ${price}` }).click();
    await page.getByRole("heading", { name: "Your consultation is confirmed" }).waitFor();
  });

  test("the hold shows a warning before it ends, and can be extended", async () => {
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

  test("cancelling shows the exact refund, and the receipt shows it as paid back", async () => {
    const page = await open(width);
    await signUp(page);
    const price = await chooseTime(page);
    await pay(page);
    await page.getByRole("button", { name: "Cancel consultation…" }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel this consultation?" });
    await dialog.getByText("You get back").waitFor();
    await look(page, "cancel");
    await dialog.getByRole("button", { name: /^Cancel and get/ }).click();
    await page.getByRole("heading", { name: "You cancelled this booking" }).waitFor();
    await page.getByText(/₹.* (is on its way|has been sent) back to you/).waitFor();
    await look(page, "cancelled");
    await page.getByRole("link", { name: "Receipt" }).click();
    await page.getByRole("heading", { name: "Receipt" }).waitFor();
    // A job makes the refund, and the gateway's webhook reports it.
    await expect
      .poll(
        async () => {
          await page.reload();
          return page.getByText(`${price}, paid back`).count();
        },
        { timeout: 30_000, interval: 1000 },
      )
      .toBe(1);
    await page.getByText(/^No\. 20\d\d-\d\d\/\d{6}$/).waitFor();
    await page.getByText("1 Example Road").waitFor();
    await page.getByText("Health care services are exempt from GST").waitFor();
    await look(page, "receipt");
    await page.emulateMedia({ media: "print" });
    for (const role of ["banner", "contentinfo", "navigation", "button"] as const) {
      expect(await page.getByRole(role).count(), role).toBe(0);
    }
    await page.getByText(/^No\. 20/).waitFor();
    await screenshot(page, "receipt-printed");
    await page.emulateMedia({ media: "screen" });
    await page.getByRole("link", { name: "Payments" }).first().click();
    await page.getByText(`Refunded: ${price}`).waitFor();
    await look(page, "payments");
    await page.goto("/bookings");
    const dropped = page.getByRole("region", { name: "Cancelled or not paid" });
    await dropped.getByText("Cancelled", { exact: true }).waitFor();
    expect(await page.getByRole("region", { name: "Past visits" }).count()).toBe(0);
    await look(page, "bookings-cancelled");
  });

  test("cancelling shows one refund row with its reason, if a move has lowered the refund", async () => {
    const page = await open(width);
    await signUp(page);
    await chooseTime(page);
    await pay(page);
    const bookingId = new URL(page.url()).pathname.split("/").at(-1);
    // As if the patient had paid a day ago, and then moved the booking when the refund was half of the price.
    await changeInDatabase(
      `UPDATE payments SET captured_at = now() - interval '1 day' WHERE booking_id = $1`,
      bookingId,
    );
    await changeInDatabase("UPDATE bookings SET refund_cap_percent = 50 WHERE id = $1", bookingId);
    await page.getByRole("button", { name: "Cancel consultation…" }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel this consultation?" });
    await dialog.getByText(/^₹\S+ of ₹\S+$/).waitFor();
    await dialog.getByText("A new time does not raise that.").waitFor();
    expect(await dialog.locator("li[data-now]").count()).toBe(1);
    expect(await dialog.getByText(/^until /).count()).toBe(1);
    await look(page, "cancel-after-move");
    await dialog.getByRole("button", { name: /^Cancel and get/ }).click();
    await page
      .getByText(/₹\S+ of the ₹\S+ that you paid (is on its way|has been sent) back/)
      .waitFor();
    await look(page, "cancelled-half");
  });

  test("the booking and the list show that the doctor did not come", async () => {
    const page = await open(width);
    await signUp(page);
    await chooseTime(page);
    await pay(page);
    const bookingId = new URL(page.url()).pathname.split("/").at(-1);
    // The visit moves to the present, so first delete the doctor's free slots there.
    await changeInDatabase(
      `DELETE FROM availability_slots s USING bookings b
        WHERE b.id = $1 AND s.doctor_id = b.doctor_id AND s.status = 'AVAILABLE'
          AND s.starts_at < now() + interval '1 hour' AND s.ends_at > now() - interval '1 hour'
          AND NOT EXISTS (SELECT FROM bookings o WHERE o.slot_id = s.id)`,
      bookingId,
    );
    await changeInDatabase(
      `WITH moved AS (
         UPDATE bookings SET starts_at = now() - interval '4 minutes', ends_at = now() + interval '26 minutes',
                hold_expires_at = now() - interval '5 minutes', created_at = now() - interval '1 hour'
          WHERE id = $1 RETURNING slot_id, starts_at, ends_at),
       confirmed AS (
         UPDATE consultations SET created_at = now() - interval '50 minutes' WHERE booking_id = $1)
       UPDATE availability_slots s SET starts_at = m.starts_at, ends_at = m.ends_at
         FROM moved m WHERE s.id = m.slot_id`,
      bookingId,
    );
    await page.reload();
    await page.getByRole("button", { name: "Cancel consultation…" }).click();
    await page.getByText("has not started the consultation").waitFor();
    await page.getByRole("button", { name: /^Cancel and get/ }).click();
    await page.getByRole("heading", { name: "The doctor did not come" }).waitFor();
    await page.getByText("Doctor did not come", { exact: true }).first().waitFor();
    await look(page, "absent");
    await page.goto("/bookings");
    const past = page.getByRole("region", { name: "Past visits" });
    await past.getByText("Doctor did not come").waitFor();
    await look(page, "bookings-absent");
  });

  test("a move to another time keeps the consultation confirmed", async () => {
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
