import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { look, useBrowser } from "../support/browser";
import { DEMO_PASSWORD, signIn, signUp } from "../support/journey";
import { rest, tokenFor } from "../support/rest";

const heading = (page: Page, name: string) => page.getByRole("heading", { name });
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });

/** Returns the date this many days from now in India, the zone of the demo's doctors. */
const dayIn = (days: number) =>
  new Date(Date.now() + days * 86_400_000 + 5.5 * 3_600_000).toISOString().slice(0, 10);

const hours = z.looseObject({
  doctorId: z.string(),
  rules: z.array(z.looseObject({ weekday: z.int(), start: z.string() })),
  exceptions: z.array(z.unknown()),
});

/** Returns a demo doctor whom no other test uses, with functions that change the hours over REST. */
async function useDoctor(number: number) {
  const email = `doctor${number}@doctors.demo.test`;
  const token = await tokenFor(email, DEMO_PASSWORD);
  const read = () => rest("/doctor/availability", hours, { token });
  return {
    email,
    read,
    /** Changes the hours without a version, as a simple API client does. */
    async change(more: object) {
      const body = { ...(await read()), ...more, version: undefined };
      await rest("/doctor/availability", hours, { token, body, method: "PUT" });
    },
    openAt: (startsAt: string, endsAt: string) =>
      rest("/doctor/slots", z.unknown(), { token, body: { startsAt, endsAt } }),
  };
}

describe.each(["desktop", "phone"] as const)(
  "a doctor's hours, %s",
  { timeout: 300_000 },
  (width) => {
    const open = useBrowser();
    const number = width === "desktop" ? 11 : 12;

    test("show another device's change beside the unsaved changes, and can combine both", async () => {
      const doctor = await useDoctor(number);
      const page = await open(width);
      await signIn(page, doctor.email);
      await page.goto("/doctor/availability");
      await page.getByLabel("Monday, from").first().fill("08:00");

      const dayOff = { date: dayIn(20), closed: true };
      await doctor.change({ exceptions: [dayOff] });

      await page.getByRole("button", { name: "Review and save" }).click();
      const stale = dialog(page, "Your hours were changed on another device");
      await stale
        .getByRole("region", { name: "Saved on the other device" })
        .getByText("day off")
        .waitFor();
      await stale.getByRole("region", { name: "Your changes here" }).getByText("8:00 am").waitFor();
      await look(page, "hours-stale");
      await stale.getByRole("button", { name: "Close" }).click();
      expect(await page.getByLabel("Monday, from").first().inputValue()).toBe("08:00");

      await page.getByRole("button", { name: "Review and save" }).click();
      await stale.getByRole("button", { name: "Put both together" }).click();
      await page.getByRole("button", { name: "Review and save" }).click();
      await dialog(page, "Save these hours?")
        .getByRole("button", { name: "Save my hours" })
        .click();
      await page.getByText("Your hours are saved").waitFor();
      const saved = await doctor.read();
      expect(saved.exceptions).toEqual([dayOff]);
      expect(saved.rules.find(({ weekday }) => weekday === 1)?.start).toBe("08:00");
    });

    test("ask before a link or the back button discards unsaved changes", async () => {
      const { email } = await useDoctor(number);
      const page = await open(width);
      await signIn(page, email);
      await page.goto("/doctor");
      await heading(page, "My day").waitFor();
      const follow = async (name: string) => {
        const menu = page.getByRole("button", { name: "Open menu" });
        if (width === "phone") await menu.click();
        await page.getByRole("link", { name, exact: true }).locator("visible=true").first().click();
      };
      await follow("My hours");
      const monday = page.getByLabel("Monday, from").first();
      await monday.fill("07:00");
      await follow("My day");
      const asked = dialog(page, "Leave without saving?");
      await asked.waitFor();
      await look(page, "leave-unsaved");
      await asked.getByRole("button", { name: "Stay on this page" }).click();
      await asked.waitFor({ state: "detached" });
      expect(await monday.inputValue()).toBe("07:00");

      await page.goBack();
      await asked.getByRole("button", { name: "Stay on this page" }).click();
      await asked.waitFor({ state: "detached" });
      expect(await monday.inputValue()).toBe("07:00");
      await page.goBack();
      await asked.getByRole("button", { name: "Leave without saving" }).click();
      await heading(page, "My day").waitFor();

      // Without changes no dialog opens.
      await follow("My hours");
      await monday.waitFor();
      await follow("My day");
      await heading(page, "My day").waitFor();
    });
  },
);

describe.each(["desktop", "phone"] as const)("a patient, %s", { timeout: 300_000 }, (width) => {
  const open = useBrowser();

  test("is offered three other times if the chosen time is withdrawn meanwhile", async () => {
    const doctor = await useDoctor(width === "desktop" ? 13 : 14);
    const { doctorId, rules } = await doctor.read();
    const page = await open(width);
    await signUp(page);
    await page.goto(`/doctors/${doctorId}?day=${dayIn(3)}`);
    const times = page.getByRole("region", { name: "Choose a time" });
    await times
      .getByRole("button", { name: /^\d{1,2}:\d\d [ap]m, / })
      .first()
      .click();
    const confirm = dialog(page, "Confirm your time");
    await confirm.getByLabel("What is it about? (optional)").fill("A cough");

    // All times move by five minutes.
    const later = (time: string) => time.replace(/:(\d)\d$/, ":$15");
    await doctor.change({ rules: rules.map((rule) => ({ ...rule, start: later(rule.start) })) });

    await confirm.getByRole("button", { name: "Continue to payment" }).click();
    const refused = confirm.getByRole("alert");
    await refused.getByText("This time is no longer offered").waitFor();
    const others = refused.getByRole("button", { name: /[ap]m$/ });
    expect(await others.count()).toBe(3);
    expect(await confirm.getByRole("button", { name: "Continue to payment" }).count()).toBe(0);
    await look(page, "time-withdrawn");
    await others.first().click();
    expect(await confirm.getByLabel("What is it about? (optional)").inputValue()).toBe("A cough");
    await confirm.getByRole("button", { name: "Continue to payment" }).click();
    await heading(page, "Review and pay").waitFor();
  });

  test("sees every time of a week with five-minute slots, to the end of the seventh day", async () => {
    const doctor = await useDoctor(width === "desktop" ? 18 : 19);
    const everyDay = [1, 2, 3, 4, 5, 6, 7].map((weekday) => {
      return { weekday, start: "00:00", end: "24:00", slotMinutes: 5 };
    });
    await doctor.change({ rules: everyDay, exceptions: [], horizonDays: 10 });
    const { doctorId } = await doctor.read();
    const page = await open(width);
    await page.goto(`/doctors/${doctorId}?day=${dayIn(1)}`);
    const times = page.getByRole("region", { name: "Choose a time" });
    // 21 pages of slots, one after another.
    await times
      .getByRole("tab", { name: /288 free$/ })
      .nth(6)
      .waitFor({ timeout: 120_000 });
    await times.getByRole("tab").nth(6).click();
    await times.getByRole("button", { name: /^11:55 pm, / }).waitFor();
  });

  test("is asked before a link discards unsaved changes of the profile", async () => {
    const page = await open(width);
    await signUp(page);
    await page.goto("/account");
    await page.getByLabel("Your name").fill("Another name");
    await page.getByRole("link", { name: "Devices" }).first().click();
    const asked = dialog(page, "Leave without saving?");
    await asked.getByRole("button", { name: "Stay on this page" }).click();
    expect(await page.getByLabel("Your name").inputValue()).toBe("Another name");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Devices" }).first().click();
    await page.getByText("You are here").waitFor();
  });
});

describe("the times of a doctor's page", { timeout: 300_000 }, () => {
  const open = useBrowser();
  const night = ["05:00", "05:30", "06:00", "06:30", "07:00"].map(
    (time) => `2027-11-07T${time}:00Z`,
  );

  test.each(["desktop", "phone"] as const)("are unique when clocks go back, %s", async (width) => {
    const doctor = await useDoctor(width === "desktop" ? 15 : 16);
    for (const [index, start] of night.slice(0, 4).entries()) {
      await doctor.openAt(start, night[index + 1] ?? "");
    }
    const { doctorId } = await doctor.read();
    const page = await open(width, "America/New_York");
    await page.goto(`/doctors/${doctorId}?day=2027-11-07`);
    const times = page.getByRole("region", { name: "Choose a time" });
    const names = times.getByRole("button", { name: /^1:\d\d am/ });
    await names.nth(3).waitFor();
    expect(await names.allTextContents()).toEqual([
      ...["1:00 am EDT", "1:30 am EDT", "1:00 am EST", "1:30 am EST"],
    ]);
    await page
      .getByText("Eastern Daylight Time (GMT-4), then Eastern Standard Time (GMT-5)")
      .waitFor();
    await look(page, "clocks-go-back");
    await names.nth(1).click();
    await dialog(page, "Confirm your time").getByText("1:30 am EDT – 1:00 am EST").waitFor();
  });

  test.each(["desktop", "phone"] as const)(
    "are the server's on a device with other time zone data, and a note says so, %s",
    async (width) => {
      const doctor = await useDoctor(17);
      const { doctorId } = await doctor.read();
      const namesIn = async (page: Page) => {
        await page.goto(`/doctors/${doctorId}?day=${dayIn(4)}`);
        const times = page.getByRole("region", { name: "Choose a time" });
        const buttons = times.getByRole("button", { name: /^\d{1,2}:\d\d [ap]m, / });
        await buttons.first().waitFor();
        return buttons.allTextContents();
      };
      const right = await open(width, "Asia/Kolkata");
      const expected = await namesIn(right);
      expect(await right.getByText("Your device may show another time").count()).toBe(0);

      const wrong = await open(width, "Asia/Kolkata");
      // This device has a wrong offset for Kolkata: UTC+3.
      await wrong.addInitScript(() => {
        const faked = (options: Intl.DateTimeFormatOptions = {}) =>
          /Kolkata|Calcutta/.test(options.timeZone ?? "")
            ? { ...options, timeZone: "Etc/GMT-3" }
            : options;
        Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
          construct: (real, [locale, options]) => new real(locale, faked(options)),
        });
      });
      expect(await namesIn(wrong)).toEqual(expected);
      await wrong.getByText("Your device may show another time").waitFor();
      await wrong.getByText(/it would show 2 hours 30 minutes earlier/).waitFor();
      await look(wrong, "device-disagrees");
    },
  );
});
