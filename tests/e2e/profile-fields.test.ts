import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { signUp } from "../support/journey";

const born = (page: Page) => page.getByRole("textbox", { name: "Date of birth (optional)" });
const save = (page: Page) => page.getByRole("button", { name: "Save changes" }).click();

/** The stored value, as the form shows it after the page was loaded again. */
async function storedBirth(page: Page): Promise<string> {
  await page.reload();
  await born(page).waitFor();
  return born(page).inputValue();
}

describe("a date of birth in the profile", () => {
  const open = useBrowser();

  test.each(["en-IN", "en-US"])(
    "is saved with the day first in a browser in %s",
    async (locale) => {
      const page = await open("desktop", "Asia/Kolkata", locale);
      await signUp(page);
      await page.goto("/account");
      for (const [typed, shown] of [
        ["31/12/1984", "31 December 1984"],
        ["09/03/1984", "9 March 1984"],
        ["1.2.2003", "1 February 2003"],
      ] as const) {
        await born(page).fill(typed);
        await save(page);
        await page.getByText("Saved", { exact: true }).waitFor();
        expect(await storedBirth(page)).toBe(shown);
      }
    },
  );

  test("that is no day, or none to be born on, is an error beside the field; nothing is saved", async () => {
    const page = await open("phone");
    const { name } = await signUp(page);
    await page.goto("/account");
    await born(page).fill("09/03/1984");
    await save(page);
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByLabel("Your name").fill("Another Name");
    for (const [typed, message, shown] of [
      ["31/12/2090", "This day is still to come", "31 December 2090"],
      ["31/12/1884", "before 1900", "31 December 1884"],
      ["31/02/1984", "There is no such day", "31/02/1984"],
      ["12/31/1984", "There is no such day", "12/31/1984"],
      ["09/03/84", "four digits", "09/03/84"],
      ["in spring", "Please write day, month and year", "in spring"],
    ] as const) {
      await born(page).fill(typed);
      await save(page);
      await page.getByText(message).waitFor();
      expect(await born(page).getAttribute("aria-invalid")).toBe("true");
      expect(await born(page).inputValue()).toBe(shown);
    }
    expect(await storedBirth(page)).toBe("9 March 1984");
    expect(await page.getByLabel("Your name").inputValue()).toBe(name);
  });

  test("is chosen from the calendar by keyboard, and taken away again", async () => {
    const page = await open("phone");
    await signUp(page);
    await page.goto("/account");
    await page
      .getByRole("button", { name: "Choose from a calendar: Date of birth" })
      .press("Enter");
    await look(page, "birth-calendar");
    await page.getByRole("button", { name: "2020", exact: true }).press("Enter");
    await page.getByRole("button", { name: /^Mar/ }).press("Enter");
    await page.getByRole("button", { name: "9 March 2020", exact: true }).press("Enter");
    expect(await born(page).inputValue()).toBe("9 March 2020");
    await save(page);
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await storedBirth(page)).toBe("9 March 2020");
    await look(page, "profile");
    await born(page).fill("");
    await save(page);
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await storedBirth(page)).toBe("");
  });
});

describe("a phone number in the profile", () => {
  const open = useBrowser();

  test("is shown as it is stored, and has digits", async () => {
    const page = await open("desktop");
    await signUp(page);
    await page.goto("/account");
    const phone = page.getByLabel("Phone (optional)");
    await phone.fill("(------)");
    await save(page);
    await page.getByText("Please enter a number like +91 98765 43210").waitFor();
    await phone.fill("  +91 98765 43210  ");
    await save(page);
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await phone.inputValue()).toBe("+91 98765 43210");
    await page.reload();
    expect(await phone.inputValue()).toBe("+91 98765 43210");
  });
});
