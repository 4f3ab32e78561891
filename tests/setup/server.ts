import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { z } from "zod";
import { DATABASE } from "../../scripts/launcher/environment";
import { startDemo } from "../support/demo";
import { findChromium } from "./chromium";

declare module "vitest" {
  export interface ProvidedContext {
    /** The demo's URL, without a trailing slash. */
    baseUrl: string;
    /** The demo's database, for what no page can do, for example moving the clock. */
    databaseUrl: string;
    chromium: string;
  }
}

/** Starts the demo as `npm start` does, in a temporary folder, for all end-to-end tests. */
export default async function setup(project: TestProject) {
  project.provide("chromium", findChromium());
  const dataDir = await mkdtemp(path.join(tmpdir(), "amrutam-e2e-"));
  const forget = () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const demo = await startDemo("server", { DATA_DIR: dataDir, RATE_LIMITS: "off" });
    project.provide("baseUrl", demo.url);
    project.provide("databaseUrl", await databaseIn(dataDir));
    return () => demo.close().finally(forget);
  } catch (error) {
    await forget();
    throw error;
  }
}

/** Reads the URL of the embedded database from a data folder. */
async function databaseIn(dataDir: string): Promise<string> {
  const shape = z.object({ password: z.string(), port: z.int() });
  const file = await readFile(path.join(dataDir, "postgres.json"), "utf8");
  const { password, port } = shape.parse(JSON.parse(file));
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${DATABASE}`;
}
