import { mkdir } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

/** The two widths that every page is looked at in. */
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

/** A refusal that a test provokes shows up in the console as well; it is no error of the page. */
const EXPECTED =
  /Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED)/;

/** Said as a warning, yet a part of the policy that does not hold. */
const MISUNDERSTOOD = /Unrecognized feature|Error with Permissions-Policy|Content.Security.Policy/;

/** What each page was answered, in order. */
const heard = new WeakMap<Page, string[]>();

/** Whether React still has streamed parts to put in their place (its `$RB`). */
const isSettled = () => !(window as { $RB?: unknown[] }).$RB?.length;

/**
 * The page, whose `goto`, `reload` and `waitForURL` also wait for what React streamed to be put in its
 * place. Where the browser had rendered a part by then already, the streamed copy of it waits hidden
 * until React takes it out; nobody sees it, but a locator that does not ask for roles finds both.
 */
function whole(page: Page): Page {
  const [goto, reload, waitForURL] = [page.goto, page.reload, page.waitForURL];
  const settled = async <T>(arrival: Promise<T>) => {
    const answer = await arrival;
    await page.waitForFunction(isSettled);
    return answer;
  };
  page.goto = (...args) => settled(goto.apply(page, args));
  page.reload = (...args) => settled(reload.apply(page, args));
  page.waitForURL = (...args) => settled(waitForURL.apply(page, args));
  return page;
}

/** Where a page stood when its test failed, what it said and what it last heard. */
async function tell(page: Page): Promise<void> {
  const name = `failed-${new URL(page.url()).pathname.replaceAll("/", "-")}-${Date.now()}`;
  await screenshot(page, name).catch(() => undefined);
  const main = page.getByRole("main").textContent({ timeout: 2000 });
  const text = await main.catch((error: Error) => error.message);
  const last = (heard.get(page) ?? []).slice(-12);
  process.stderr.write([`at ${page.url()}: ${text?.slice(0, 600)}`, ...last, ""].join("\n"));
}

/**
 * A browser around the tests of the file that asks. Every `open` is a person of their own: no
 * cookies, a time zone, a width. What a page logs as an error fails the test, and so does a header
 * that the browser does not understand.
 * @param demo where the pages are, if not at the demo that all files share.
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
      for (const page of contexts.flatMap((context) => context.pages())) await tell(page);
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
    if (!browser) throw new Error("open a page inside of a test");
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
    const page = whole(await context.newPage());
    const said: string[] = [];
    heard.set(page, said);
    page.on("response", (answer) => said.push(`${answer.status()} ${answer.url()}`));
    page.on("requestfailed", (one) => said.push(`${one.failure()?.errorText} ${one.url()}`));
    page.on("pageerror", (error) => errors.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && !MISUNDERSTOOD.test(message.text())) return;
      if (EXPECTED.test(message.text())) return;
      errors.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  };
}

/** Fails with every breach of WCAG 2.1 A and AA that axe finds on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const breaches = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`),
  );
  expect(breaches).toEqual([]);
}

/** Nothing is wider than the screen: a page that scrolls sideways on a phone is broken. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

/** Every page is looked at: by axe, for its width, and by whoever opens the pictures. */
export async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await expectTargets(page);
  // A shell in a shell has two.
  expect(await page.locator("main").count()).toBeLessThanOrEqual(1);
  await screenshot(page, name);
}

/** Nothing to press is smaller than 24 px, but for links in running text (WCAG 2.2, 2.5.8). */
async function expectTargets(page: Page): Promise<void> {
  const small = await page
    .locator("button:visible, summary:visible, [role=menuitem]:visible, nav a:visible")
    .evaluateAll((all) =>
      all
        .map((one) => ({ box: one.getBoundingClientRect(), text: one.outerHTML.slice(0, 120) }))
        .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
        .map(({ text }) => text),
    );
  expect(small).toEqual([]);
}

/** Puts the whole page into `.screenshots/`, named after what it shows and how wide it is. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  const file = path.join(SCREENSHOTS, `${name}-${width}.png`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}
