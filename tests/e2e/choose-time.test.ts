import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { freeTimes } from "../support/journey";
import { demoDoctors } from "../support/rest";

describe.each(["desktop", "phone"] as const)("choosing a time, %s", (width) => {
  const open = useBrowser();

  test("one button books the soonest time", async () => {
    const doctor = (await demoDoctors()).at(30);
    const page = await open(width);
    await page.goto(`/doctors/${doctor?.id}`);
    await freeTimes(page).first().waitFor();
    const book = page.getByRole("button", { name: /^Book (today|tomorrow|\w{3}, )/ });
    const soonest = await book.locator("time").getAttribute("datetime");
    await book.click();
    const dialog = page.getByRole("dialog", { name: "Confirm your time" });
    expect(await dialog.locator("time").first().getAttribute("datetime")).toBe(soonest);
  });

  test("a month shows the number of free times of each day, and opens a day", async () => {
    const doctor = (await demoDoctors()).at(31);
    const page = await open(width);
    await page.goto(`/doctors/${doctor?.id}`);
    await freeTimes(page).first().waitFor();
    await page.getByRole("button", { name: "Month" }).click();
    const day = page.getByRole("button", { name: /, [1-9]\d* free$/ }).last();
    const [name = "", free = ""] = ((await day.getAttribute("aria-label")) ?? "").split(
      /, (?=\d+ free)/,
    );
    await look(page, "month");
    await day.click();
    await page.getByRole("heading", { name }).waitFor();
    await look(page, "day-of-month");
    expect(`${await freeTimes(page).count()} free`).toBe(free);
  });
});
