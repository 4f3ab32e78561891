import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

const MAKERS = {
  AUTH_SECRET: () => randomBytes(48).toString("base64url"),
  ENCRYPTION_KEYS: () => `1:${randomBytes(32).toString("base64")}`,
  AUDIT_SIGNING_KEY: () =>
    generateKeyPairSync("ed25519")
      .privateKey.export({ format: "der", type: "pkcs8" })
      .toString("base64"),
  SANDBOX_WEBHOOK_SECRET: () => randomBytes(32).toString("hex"),
};

/** Generates a new value for every secret. */
export function makeSecrets(): Record<string, string> {
  return Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make()]));
}

/** Reads the secrets from `dataDir`, and generates those that are missing. */
export async function loadSecrets(dataDir: string): Promise<Record<string, string>> {
  const file = path.join(dataDir, "secrets.json");
  const kept = existsSync(file)
    ? (JSON.parse(await readFile(file, "utf8")) as Record<string, string>)
    : {};
  const complete = { ...makeSecrets(), ...kept };
  if (Object.keys(complete).length > Object.keys(kept).length) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${JSON.stringify(complete, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return complete;
}
