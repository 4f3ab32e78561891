import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { look, useBrowser } from "../support/browser";
import { agree, DEMO_PASSWORD, freeTimes, signIn, signUp } from "../support/journey";
import { demoDoctors, freeSlots, registerPatient, rest, tokenFor } from "../support/rest";

const WIDTHS = ["desktop", "phone"] as const;

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name });

describe.each(WIDTHS)("a booking, %s", { timeout: 300_000 }, (width) => {
  const open = useBrowser();

  test("is made and paid by a patient, and is shown to the doctor and in the admin's statistics", async () => {
    const me = z.object({ doctorId: z.string() });
    const token = await tokenFor("doctor@demo.test", DEMO_PASSWORD);
    const { doctorId } = await rest("/me", me, { token });
    const { name: doctorName } = await rest(`/doctors/${doctorId}`, z.object({ name: z.string() }));
    const admin = await open(width);
    await signIn(admin, "admin@demo.test");
    const before = await bookingsCounted(admin);

    const patient = await open(width);
    await patient.goto("/");
    await look(patient, "home");
    await patient.goto("/sign-up");
    await look(patient, "sign-up");
    const { name } = await signUp(patient);

    await patient.goto("/doctors");
    await patient
      .getByRole("main")
      .getByRole("link", { name: /^Dr\. / })
      .first()
      .waitFor();
    await look(patient, "doctors");
    await patient.getByRole("searchbox", { name: "Search" }).fill(doctorName.replace("Dr. ", ""));
    await patient.getByRole("main").getByRole("link", { name: doctorName }).click();
    await heading(patient, "Choose a time").waitFor();
    await freeTimes(patient).first().waitFor();
    await look(patient, "doctor");

    await laterWeek(patient);
    const time = (await freeTimes(patient).first().getAttribute("aria-label")) ?? "";
    await freeTimes(patient).first().click();
    const dialog = patient.getByRole("dialog", { name: "Confirm your time" });
    const reason = `Sleeping badly since last week (${width})`;
    await dialog.getByLabel("What is it about?").fill(reason);
    await look(patient, "confirm-time");
    await dialog.getByRole("button", { name: "Continue to payment" }).click();

    await heading(patient, "Review and pay").waitFor();
    await patient.getByText(reason).waitFor();
    await patient.getByText(/\d+:\d\d left/).waitFor();
    await look(patient, "review");
    await agree(patient);
    await patient.getByRole("link", { name: /^Pay \S*\d/ }).click();

    await patient.getByText("Sandbox: no real money moves.").waitFor();
    await patient.getByText(doctorName).waitFor();
    await look(patient, "checkout");
    await patient.getByRole("button", { name: /^Pay \S*\d/ }).click();

    await heading(patient, "Your consultation is confirmed").waitFor();
    await look(patient, "confirmed");
    await patient.goto("/bookings");
    const row = patient.getByRole("article").filter({ hasText: doctorName });
    await row.getByText("Confirmed").waitFor();
    await look(patient, "my-bookings");

    const doctor = await open(width);
    await signIn(doctor, "doctor@demo.test");
    await heading(doctor, /^Today, /).waitFor();
    await doctor.goto(`/doctor?day=${dayOf(time)}`);
    const visit = doctor.getByRole("article").filter({ hasText: name });
    await visit.getByText(reason).waitFor();
    await visit.getByText(time.split(",")[0] ?? "", { exact: true }).waitFor();
    await visit.getByText("Confirmed").waitFor();
    await look(doctor, "doctor-day");

    await admin.reload();
    expect(await bookingsCounted(admin)).toBe(before + 1);
    await look(admin, "admin");
  });

  test("keeps the time that was chosen before sign-in", async () => {
    const doctors = await demoDoctors();
    const { email, password } = await registerPatient();
    const page = await open(width);
    await page.goto(`/doctors/${doctors.at(width === "phone" ? 11 : 10)?.id}`);
    await laterWeek(page);
    const chosen = freeTimes(page).nth(2);
    const time = (await chosen.getAttribute("aria-label")) ?? "";
    await chosen.click();
    const dialog = page.getByRole("dialog", { name: "Confirm your time" });
    await dialog.getByText("To book, please sign in.").waitFor();
    await look(page, "sign-in-first");
    await dialog.getByRole("link", { name: "Sign in to continue" }).click();
    await heading(page, "Welcome back").waitFor();
    await look(page, "sign-in");
    await signIn(page, email, password);

    await dialog.getByText(clockOf(time)).waitFor();
    await dialog.getByRole("button", { name: "Continue to payment" }).click();
    await heading(page, "Review and pay").waitFor();
    await page.getByText(clockOf(time)).first().waitFor();
  });

  test("is made for another offered time if the chosen time was just taken", async () => {
    const doctors = await demoDoctors();
    const doctorId = doctors.at(width === "phone" ? 21 : 20)?.id ?? "";
    const otherPatient = await registerPatient();
    const page = await open(width);
    await signUp(page);
    await page.goto(`/doctors/${doctorId}`);
    await laterWeek(page);
    await freeTimes(page).first().click();
    const dialog = page.getByRole("dialog", { name: "Confirm your time" });
    await dialog.getByRole("button", { name: "Continue to payment" }).waitFor();

    const chosen = await dialog.locator("time").first().getAttribute("datetime");
    const [slot] = await freeSlots(doctorId, chosen ?? "");
    expect(slot?.startsAt).toBe(chosen);
    const token = await tokenFor(otherPatient.email, otherPatient.password);
    await rest("/bookings", z.looseObject({}), { token, body: { slotId: slot?.id } });
    await dialog.getByRole("button", { name: "Continue to payment" }).click();

    await dialog.getByText("Someone took this time a moment ago").waitFor();
    await look(page, "slot-taken");
    const others = dialog.getByRole("alert").getByRole("button", { name: /\d{1,2}:\d\d [ap]m/ });
    expect(await others.count()).toBe(3);
    await others.first().click();
    await dialog.getByRole("button", { name: "Continue to payment" }).click();
    await heading(page, "Review and pay").waitFor();
  });
});

describe.each(WIDTHS)("the API documentation, %s", { timeout: 300_000 }, (width) => {
  const open = useBrowser();

  test("describes the call that holds a slot", async () => {
    const page = await open(width);
    await page.goto("/docs");
    await page.getByText("Hold a slot and get where to pay").waitFor();
    await look(page, "docs");
  });
});

describe.each(WIDTHS)("pages without content, %s", { timeout: 300_000 }, (width) => {
  const open = useBrowser();

  test("say that the address is unknown or the list is empty", async () => {
    const page = await open(width);
    await page.goto("/no/such/page");
    await heading(page, "We could not find this page").waitFor();
    await look(page, "not-found");
    await page.goto("/bookings");
    await heading(page, "Welcome back").waitFor();
    await signUp(page);
    await page.goto("/bookings");
    await page.getByText("No bookings yet").waitFor();
    await look(page, "no-bookings");
    await page.goto("/bookings/00000000-0000-7000-8000-000000000000");
    await heading(page, "We could not find this page").waitFor();
    await look(page, "no-such-booking");
    await page.goto("/doctors?q=nobody+is+called+that");
    await page.getByText("No doctor matches all of that").waitFor();
    await look(page, "no-doctors");
  });
});

/** Shows a later week: the next time of today could pass during the test. */
const laterWeek = (page: Page) => page.getByRole("button", { name: "Later week" }).click();

/** Returns the number of bookings that the admin's overview shows. */
async function bookingsCounted(admin: Page): Promise<number> {
  const tile = admin
    .getByRole("main")
    .locator("dl > div")
    .filter({ hasText: "made in this period" });
  const text = await tile.locator("dd > span").first().textContent();
  return Number(text?.replaceAll(",", ""));
}

/** Returns "9:30" for "9:30 am", because a range is shown as "9:30 – 9:50 am". */
const clockOf = (time: string): string => time.split(" ")[0] ?? "";

/** "9:30 am, Tuesday, 24 November 2026" → "2026-11-24". */
function dayOf(time: string): string {
  const date = time.split(",").at(-1)?.trim() ?? "";
  return new Date(`${date} UTC`).toISOString().slice(0, 10);
}
