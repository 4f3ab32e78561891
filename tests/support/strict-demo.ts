import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, inject } from "vitest";
import { startDemo } from "./demo";
import { asOwner } from "./demo-database";

const START_MS = 300_000;

/**
 * Starts a second demo for the tests of a file, with its own database. As in production, staff need a
 * second factor and rate limits apply.
 */
export function useStrictDemo(): { readonly url: string } {
  const name = `strict_${randomBytes(6).toString("hex")}`;
  let dataDir = "";
  let demo: Awaited<ReturnType<typeof startDemo>> | undefined;

  beforeAll(async () => {
    const database = new URL(inject("databaseUrl"));
    database.pathname = `/${name}`;
    dataDir = await mkdtemp(path.join(tmpdir(), "amrutam-strict-"));
    await asOwner((owner) => owner.query(`CREATE DATABASE ${name}`));
    demo = await startDemo("strict-server", {
      DATA_DIR: dataDir,
      DATABASE_URL: database.href,
      SEED_DEMO: "1",
      REQUIRE_MFA: "doctor,admin",
    });
  }, START_MS);

  afterAll(async () => {
    try {
      await demo?.close();
    } finally {
      await asOwner((owner) => owner.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  return {
    get url() {
      if (!demo) throw new Error("read the URL inside a test");
      return demo.url;
    },
  };
}
