import { createPrivateKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { hostsOf } from "./hosts";

/** The key-encryption keys by version. `current` encrypts, all of them decrypt. */
type EncryptionKeys = { current: number; keys: ReadonlyMap<number, Buffer> };

/** A secret of at least 32 characters. @param howToMake a command that prints one. */
export const secret = (howToMake: string) =>
  z
    .string({ error: `missing; make one with: ${howToMake}` })
    .min(32, `too short: give at least 32 characters, for example: ${howToMake}`);

/** A URL with one of the protocols. */
export const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join("|")})$`),
    error: `give a URL that starts with ${protocols.map((name) => `${name}://`).join(" or ")}`,
  });

/** A database URL. It may name several hosts, which URL parsers refuse, so each host is checked alone. */
export const databaseUrl = (missing?: string) =>
  z
    .string({ error: missing })
    .regex(/^postgres(ql)?:\/\//, "give a URL that starts with postgresql://")
    .refine(
      (text) => hostsOf(text).every((one) => URL.canParse(one)),
      "give postgresql://login:password@host:5432/database; several hosts are separated by commas",
    );

/** `version:base64key[,version:base64key]`. The highest version is the current key. */
export const encryptionKeys = z
  .string({ error: 'missing; give 1:BASE64KEY, made with: echo "1:$(openssl rand -base64 32)"' })
  .transform((text, ctx): EncryptionKeys => {
    const keys = new Map<number, Buffer>();
    for (const part of text.split(",")) {
      const [, version, key] = /^\s*(\d{1,9}):([A-Za-z0-9+/_-]+={0,2})\s*$/.exec(part) ?? [];
      const bytes = Buffer.from(key ?? "", "base64");
      if (!version || bytes.length !== 32 || keys.has(Number(version))) {
        // The message does not quote the value, because it is a secret.
        const message =
          "give version:base64key[,version:base64key], distinct versions, 32 bytes each";
        ctx.addIssue({ code: "custom", message });
        return z.NEVER;
      }
      keys.set(Number(version), bytes);
    }
    return { current: Math.max(...keys.keys()), keys };
  });

/** An Ed25519 private key, as base64 of its PKCS8 in DER form. */
export const auditSigningKey = z
  .string({
    error:
      "missing; make one with: openssl genpkey -algorithm ed25519 -outform DER | openssl base64 -A",
  })
  .transform((text, ctx): KeyObject => {
    try {
      const der = Buffer.from(text, "base64");
      const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      if (key.asymmetricKeyType === "ed25519") return key;
    } catch {
      // Not a private key: reported below.
    }
    ctx.addIssue({ code: "custom", message: "give an Ed25519 private key as base64 of its PKCS8" });
    return z.NEVER;
  });

/** A line for receipts, contact pages and mails. A line break could add a mail header. */
export const clinicText = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength, `give at most ${maxLength} characters`)
    .regex(/^\P{Cc}*$/u, "give one line, without control characters");

const ROLES = ["patient", "doctor", "admin"] as const;
/** A list of roles, separated by commas. */
export const roles = z.string().transform((text, ctx) => {
  const names = text.split(",").flatMap((name) => name.trim().toLowerCase() || []);
  const known = ROLES.filter((role) => names.includes(role));
  if (known.length < new Set(names).size) {
    ctx.addIssue({ code: "custom", message: `give roles out of ${ROLES.join(", ")}` });
  }
  return known;
});

/** A list of origins, separated by commas: without a path or a wildcard. */
export const origins = z.string().transform((text, ctx) => {
  const given = text.split(",").flatMap((one) => one.trim() || []);
  const isOrigin = (one: string) => URL.canParse(one) && new URL(one).origin === one;
  if (!given.every((one) => isOrigin(one) && /^https?:/.test(one))) {
    ctx.addIssue({ code: "custom", message: "give origins such as https://app.example,…" });
  }
  return given;
});
