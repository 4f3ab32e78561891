import { createHash, createHmac } from "node:crypto";
import { z } from "zod";

/**
 * The protocol between an Inngest server and an app, from Inngest's SDK specification. It uses neither
 * the SDK nor our engine. It is strict: messages with unknown fields are refused, not ignored.
 */

export type Keys = { event: string; signing: string };

const PREFIX = /^signkey-\w+-/;
const bare = (key: string) => key.replace(PREFIX, "");

/** The bearer token of an app with this signing key. */
export const hashedKey = (key: string) =>
  `${PREFIX.exec(key)?.[0] ?? ""}${createHash("sha256").update(bare(key), "hex").digest("hex")}`;

/** Canonical JSON (RFC 8785), so that both sides sign the same bytes. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(",")}}`;
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Builds the `X-Inngest-Signature` of a body. */
export function signatureOf(text: string, key: string, seconds = nowSeconds()): string {
  const hex = createHmac("sha256", bare(key)).update(text).update(String(seconds)).digest("hex");
  return `t=${seconds}&s=${hex}`;
}

export type Answer = { status: number; text: string; headers: Headers };

/** The header with the protocol version of an answer. */
export const VERSION = "x-inngest-req-version";

/** Checks what the specification requires of every answer of an SDK. @returns the problems. */
export function wrongWith({ status, text, headers }: Answer, keys: Keys | null): string[] {
  const signature = headers.get("x-inngest-signature") ?? "";
  const seconds = Number(new URLSearchParams(signature).get("t"));
  const found = [
    [![200, 206, 400, 500].includes(status), "not a status of an SDK"],
    [!/^inngest-js:v\d/.test(headers.get("x-inngest-sdk") ?? ""), "no X-Inngest-Sdk"],
    [!["1", "2"].includes(headers.get(VERSION) ?? ""), "no X-Inngest-Req-Version"],
    [keys && signature !== signatureOf(text, keys.signing, seconds), "not signed"],
  ] as const;
  return found.flatMap(([isWrong, what]) => (isWrong ? `${status}: ${what}` : []));
}

const trigger = z.union([
  z.strictObject({ event: z.string().min(1) }),
  z.strictObject({ cron: z.string().min(1) }),
]);

/** The only supported expression: a field of the event of the run equals that of the other event. */
const MATCH = /^event\.(data(?:\.\w+)+) == async\.\1$/;

const fn = z.strictObject({
  id: z.string().regex(/^[\w-]+$/),
  name: z.string().optional(),
  triggers: z.array(trigger).min(1),
  steps: z.strictObject({
    step: z.strictObject({
      id: z.literal("step"),
      name: z.literal("step"),
      runtime: z.strictObject({ type: z.literal("http"), url: z.url() }),
      retries: z.strictObject({ attempts: z.int().min(0).max(20) }).optional(),
    }),
  }),
  cancel: z
    .array(z.strictObject({ event: z.string().min(1), if: z.string().regex(MATCH).optional() }))
    .default([]),
});
export type ServedFunction = z.infer<typeof fn>;

/** The registration of an app. All URLs of functions must be below the app's URL. */
export const registration = z
  .strictObject({
    url: z.url(),
    deployType: z.literal("ping"),
    framework: z.string().optional(),
    appName: z.string().min(1),
    appVersion: z.string().optional(),
    functions: z.array(fn).min(1),
    sdk: z.string().regex(/^[\w-]+:v\d+\.\d+\.\d+/),
    v: z.literal("0.1"),
    capabilities: z.looseObject({}).optional(),
    featureObservations: z.unknown().optional(),
  })
  .refine(({ url, appName, functions }) =>
    functions.every(({ id, steps }) => {
      const expected = new URL(url);
      expected.searchParams.set("fnId", id);
      expected.searchParams.set("stepId", "step");
      return id.startsWith(`${appName}-`) && steps.step.runtime.url === expected.href;
    }),
  );

const event = z.strictObject({
  id: z.string().min(1).optional(),
  name: z.string().min(1),
  data: z.record(z.string(), z.unknown()),
  ts: z.int().positive(),
  user: z.record(z.string(), z.unknown()).optional(),
  meta: z.unknown().optional(),
  v: z.string().optional(),
});
export type ServedEvent = z.infer<typeof event> & { id: string };

/** The body of POST /e/{key}. */
export const eventBody = z.union([z.array(event).min(1), event.transform((single) => [single])]);

/** The body of a 206: the steps that the app reports. */
export const operations = z.array(
  z.looseObject({
    id: z.string().regex(/^[0-9a-f]{40}$/),
    op: z.enum(["StepPlanned", "StepRun", "StepError", "StepFailed", "Sleep"]),
    name: z.string().nullish(),
    displayName: z.string().nullish(),
    opts: z.looseObject({ duration: z.string().optional() }).nullish(),
    data: z.unknown().optional(),
    error: z.unknown().optional(),
  }),
);
export type Operation = z.infer<typeof operations>[number];

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((part, name) => {
    return part && typeof part === "object" ? Reflect.get(part, name) : undefined;
  }, value);

/** Whether an event cancels a run that another event started. */
export const cancels = ({ cancel }: ServedFunction, started: ServedEvent, other: ServedEvent) =>
  cancel.some(({ event: name, if: expression }) => {
    if (name !== other.name) return false;
    const path = MATCH.exec(expression ?? "")?.[1];
    return !path || at(started, path) === at(other, path);
  });

const UNITS: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** Parses the end of a sleep or a Retry-After: seconds, an instant, or a duration such as "1h30m". */
export function instantOf(text: string, now: number): number {
  if (/^\d+$/.test(text)) return now + Number(text) * 1000;
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return Date.parse(text);
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw])/g)];
  if (parts.map(([part]) => part).join("") !== text || text === "") {
    throw new Error(`not a time: ${text}`);
  }
  return parts.reduce((end, [, n, unit = ""]) => end + Number(n) * (UNITS[unit] ?? 0), now);
}
