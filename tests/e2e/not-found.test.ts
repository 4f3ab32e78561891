import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { look, useBrowser } from "../support/browser";
import { signIn } from "../support/journey";

describe("an address that does not exist", () => {
  const open = useBrowser();

  test("shows a page of the site with status 404", async () => {
    const page = await open("phone");
    for (const path of [
      `/doctors/${randomUUID()}`,
      "/doctors/nobody",
      "/nothing",
      "/checkout/sandbox/none",
    ]) {
      const answer = await page.goto(path);
      expect([path, answer?.status()]).toEqual([path, 404]);
      await page.getByRole("heading", { name: "We could not find this page" }).waitFor();
      await page.getByRole("contentinfo").waitFor();
    }
    await look(page, "not-found");
    const doctor = await page.goto("/doctors");
    expect(doctor?.status()).toBe(200);

    await signIn(page, "patient@demo.test");
    for (const path of [
      `/bookings/${randomUUID()}`,
      "/bookings/none",
      `/bookings/${randomUUID()}/review`,
      `/bookings/${randomUUID()}/reschedule`,
      `/payments/${randomUUID()}`,
      `/checkout/sandbox/${randomUUID()}`,
    ]) {
      const answer = await page.goto(path);
      expect([path, answer?.status()]).toEqual([path, 404]);
      await page.getByRole("heading", { name: "We could not find this page" }).waitFor();
    }
  });
});
