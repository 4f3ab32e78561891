import { mkdir } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

/** The two sizes in which each page is checked. */
const VIEWPORTS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

const SCREENSHOTS = ".screenshots";

/** A test can cause a refusal, which the browser logs too. That is no error of the page. */
const EXPECTED =
  /Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED)/;

/** The browser logs these as warnings, but they mean that a part of the policy is not applied. */
const POLICY_WARNING = /Unrecognized feature|Error with Permissions-Policy|Content.Security.Policy/;

/** The responses and failed requests of each page, in order. */
const requestLogs = new WeakMap<Page, string[]>();

/** Whether React has inserted all streamed parts. It keeps the remaining ones in `$RB`. */
const isStreamed = () => !(window as { $RB?: unknown[] }).$RB?.length;

/**
 * Makes `goto`, `reload` and `waitForURL` wait until React has inserted all streamed parts. Before that,
 * the page can contain a hidden copy of a part, which locators find if they do not search by role.
 */
function waitForStreaming(page: Page): Page {
  const [goto, reload, waitForURL] = [page.goto, page.reload, page.waitForURL];
  const streamed = async <T>(arrival: Promise<T>) => {
    const answer = await arrival;
    await page.waitForFunction(isStreamed);
    return answer;
  };
  page.goto = (...args) => streamed(goto.apply(page, args));
  page.reload = (...args) => streamed(reload.apply(page, args));
  page.waitForURL = (...args) => streamed(waitForURL.apply(page, args));
  return page;
}

/** Prints the address, the text and the last responses of a page whose test failed. */
async function reportFailure(page: Page): Promise<void> {
  const name = `failed-${new URL(page.url()).pathname.replaceAll("/", "-")}-${Date.now()}`;
  await screenshot(page, name).catch(() => undefined);
  const main = page.getByRole("main").textContent({ timeout: 2000 });
  const text = await main.catch((error: Error) => error.message);
  const last = (requestLogs.get(page) ?? []).slice(-12);
  process.stderr.write([`at ${page.url()}: ${text?.slice(0, 600)}`, ...last, ""].join("\n"));
}

/**
 * Starts a browser for the tests of a file. Each `open` is a new person without cookies. A test fails
 * if a page logs an error, or if the browser does not understand a header.
 * @param demo another server than the demo that all files share.
 */
export function useBrowser(demo?: { readonly url: string }) {
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: inject("chromium"), args: FLAGS });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") {
      for (const page of contexts.flatMap((context) => context.pages())) await reportFailure(page);
    }
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(() => browser?.close());

  return async function open(
    viewport: keyof typeof VIEWPORTS = "desktop",
    timezoneId = "Asia/Kolkata",
    locale = "en-IN",
  ): Promise<Page> {
    if (!browser) throw new Error("call open inside a test");
    const context = await browser.newContext({
      baseURL: demo?.url ?? inject("baseUrl"),
      viewport: VIEWPORTS[viewport],
      isMobile: viewport === "phone",
      hasTouch: viewport === "phone",
      reducedMotion: "reduce",
      locale,
      timezoneId,
    });
    contexts.push(context);
    const page = waitForStreaming(await context.newPage());
    const requestLog: string[] = [];
    requestLogs.set(page, requestLog);
    page.on("response", (answer) => requestLog.push(`${answer.status()} ${answer.url()}`));
    page.on("requestfailed", (request) =>
      requestLog.push(`${request.failure()?.errorText} ${request.url()}`),
    );
    page.on("pageerror", (error) => errors.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && !POLICY_WARNING.test(message.text())) return;
      if (EXPECTED.test(message.text())) return;
      errors.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  };
}

/** Fails if axe finds a violation of WCAG 2.1 A or AA on the page. */
export async function expectAccessible(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const breaches = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`),
  );
  expect(breaches).toEqual([]);
}

/** Fails if the page is wider than the screen and scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

/** Checks accessibility, width and the size of controls, and takes a screenshot. */
export async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await expectTargets(page);
  // A page inside two layouts would have two.
  expect(await page.locator("main").count()).toBeLessThanOrEqual(1);
  await screenshot(page, name);
}

/** Fails if a control other than a link in text is smaller than 24 px (WCAG 2.2, 2.5.8). */
async function expectTargets(page: Page): Promise<void> {
  const small = await page
    .locator("button:visible, summary:visible, [role=menuitem]:visible, nav a:visible")
    .evaluateAll((all) =>
      all
        .map((control) => ({
          box: control.getBoundingClientRect(),
          text: control.outerHTML.slice(0, 120),
        }))
        .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
        .map(({ text }) => text),
    );
  expect(small).toEqual([]);
}

/** Saves the whole page as `.screenshots/<name>-<width>.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  const file = path.join(SCREENSHOTS, `${name}-${width}.png`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}
