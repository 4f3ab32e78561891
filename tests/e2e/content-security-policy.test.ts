import { readdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, inject, test } from "vitest";
import { useBrowser } from "../support/browser";
import { signIn } from "../support/journey";
import { makeIds, PAGES, type Who } from "../support/pages";
import { demoDoctors } from "../support/rest";

describe("the content security policy", { timeout: 300_000 }, () => {
  const open = useBrowser();

  test("is tested for every page", async () => {
    const files = await readdir("src/app", { recursive: true });
    const found = files.flatMap((file) => /^(.+)\/page\.tsx$/.exec(file)?.[1] ?? []);
    expect(found.sort()).toEqual(Object.keys(PAGES).sort());
  });

  // `useBrowser` fails a test for every console error, and so for every violation.
  test("is sent with every page, and no page violates it", async () => {
    const patient = await open();
    await signIn(patient, "patient@demo.test");
    const ids = await makeIds(patient);
    const people: Partial<Record<Who, Page>> = { patient };
    const nonces = new Set<string>();
    for (const place of Object.values(PAGES)) {
      const [who, address] = place(ids);
      const page = people[who] ?? (await open());
      if (!people[who] && who !== "nobody") await signIn(page, `${who}@demo.test`);
      people[who] = page;
      const response = await page.goto(address, { waitUntil: "networkidle" });
      const headers = response?.headers() ?? {};
      expect([address, new URL(page.url()).pathname]).toEqual([address, address.split("?")[0]]);
      expect(headers).toMatchObject({
        "cache-control": expect.stringContaining("no-store"),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": expect.stringContaining("camera=(self), microphone=(self)"),
      });
      // The demo is served over HTTP, so it must not send this header.
      expect(headers["strict-transport-security"]).toBeUndefined();
      const policy = headers["content-security-policy"] ?? "";
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      nonces.add(/'nonce-([^']{20,})'/.exec(policy)?.[1] ?? "");
    }
    expect(nonces.size).toBe(Object.keys(PAGES).length);
    expect(nonces).not.toContain("");
  });

  test("lets a dialog lock the page behind it", async () => {
    const page = await open();
    await signIn(page, "patient2@demo.test");
    await page.goto(`/doctors/${(await demoDoctors())[3]?.id}`);
    await page
      .getByRole("region", { name: "Choose a time" })
      .getByRole("button", { name: /^\d{1,2}:\d\d [ap]m, / })
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).overflow)).toBe("hidden");
  });

  test("blocks injected inline scripts, event handlers, styles and <base> elements, and scripts from other sites", async () => {
    const page = await open();
    const messages: string[] = [];
    page.removeAllListeners("console");
    page.on("console", (message) => messages.push(message.text()));
    const injected = [
      "<script>window.injected = 'inline'</script>",
      `<script src="https://evil.example/x.js"></script>`,
      `<img src="x" onerror="window.injected = 'handler'">`,
      "<style>body { color: rgb(1, 2, 3) }</style>",
      '<base href="https://evil.example/">',
    ].join("");
    await page.route(`${inject("baseUrl")}/sign-in`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/<body[^>]*>/, (tag) => tag + injected);
      await route.fulfill({ response, body });
    });
    await page.goto("/sign-in");
    await page.getByLabel("Email").waitFor();
    expect(await page.evaluate(() => Reflect.get(window, "injected"))).toBeUndefined();
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).not.toContain("1, 2");
    expect(await page.evaluate(() => document.baseURI)).not.toContain("evil");
    const blocked = messages.filter((line) => line.includes("Content Security Policy"));
    expect(blocked.length).toBeGreaterThanOrEqual(5);
  });
});
