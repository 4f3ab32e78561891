import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { signUp } from "../support/journey";

const birthField = (page: Page) => page.getByRole("textbox", { name: "Date of birth (optional)" });
const save = (page: Page) => page.getByRole("button", { name: "Save changes" }).click();

/** Reloads the page and returns the stored value that the form shows. */
async function storedBirth(page: Page): Promise<string> {
  await page.reload();
  await birthField(page).waitFor();
  return birthField(page).inputValue();
}

describe("a date of birth in the profile", () => {
  const open = useBrowser();

  test.each(["en-IN", "en-US"])(
    "is read with the day first in a browser with the language %s",
    async (locale) => {
      const page = await open("desktop", "Asia/Kolkata", locale);
      await signUp(page);
      await page.goto("/account");
      for (const [typed, shown] of [
        ["31/12/1984", "31 December 1984"],
        ["09/03/1984", "9 March 1984"],
        ["1.2.2003", "1 February 2003"],
      ] as const) {
        await birthField(page).fill(typed);
        await save(page);
        await page.getByText("Saved", { exact: true }).waitFor();
        expect(await storedBirth(page)).toBe(shown);
      }
    },
  );

  test("shows an error beside the field and saves nothing if it is not a possible date of birth", async () => {
    const page = await open("phone");
    const { name } = await signUp(page);
    await page.goto("/account");
    await birthField(page).fill("09/03/1984");
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
      await birthField(page).fill(typed);
      await save(page);
      await page.getByText(message).waitFor();
      expect(await birthField(page).getAttribute("aria-invalid")).toBe("true");
      expect(await birthField(page).inputValue()).toBe(shown);
    }
    expect(await storedBirth(page)).toBe("9 March 1984");
    expect(await page.getByLabel("Your name").inputValue()).toBe(name);
  });

  test("is chosen from the calendar by keyboard, and cleared again", async () => {
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
    expect(await birthField(page).inputValue()).toBe("9 March 2020");
    await save(page);
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await storedBirth(page)).toBe("9 March 2020");
    await look(page, "profile");
    await birthField(page).fill("");
    await save(page);
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await storedBirth(page)).toBe("");
  });
});

describe("a phone number in the profile", () => {
  const open = useBrowser();

  test("must contain digits, and is shown as it is stored", async () => {
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
