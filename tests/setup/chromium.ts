import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Finds a Chromium. @throws with instructions if there is none. */
export function findChromium(): string {
  const { CHROME_PATH: given, PATH = "" } = process.env;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`CHROME_PATH names ${given}, which does not exist`);
  }
  const inPath = PATH.split(path.delimiter).flatMap((folder) =>
    NAMES.map((name) => path.join(folder, name)),
  );
  const found = [...inPath, ...MAC, chromium.executablePath()].find((file) => existsSync(file));
  if (found) return found;
  throw new Error(
    [
      "The end-to-end tests need Chromium, which was not found. Use one of:",
      "  apt-get update && apt-get install -y chromium     (Debian; as root)",
      "  npx playwright-core install chromium              (needs the internet)",
      "  CHROME_PATH=/path/to/chrome npm test              (another location)",
    ].join("\n"),
  );
}
