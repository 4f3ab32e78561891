import { generateKeyPairSync } from "node:crypto";
import { isIP } from "node:net";
import { z } from "zod";
import {
  auditSigningKey,
  clinicText,
  databaseUrl,
  encryptionKeys,
  origins,
  roles,
  secret,
  url,
} from "./server/platform/env-shapes";
import { isRedisUrl } from "./server/platform/redis-url";

/** Says which variables of the environment are not valid, and what to do. */
class EnvironmentError extends Error {
  constructor(readonly problems: string[]) {
    super(
      [
        "The environment is not usable:",
        ...problems.map((problem) => `  - ${problem}`),
        "README.md lists every variable.",
      ].join("\n"),
    );
    this.name = "EnvironmentError";
  }
}

type Source = Record<string, string | undefined>;

/** The clinic of the demo. It does not exist, and its phone number is not assigned. */
const DEMO_CLINIC = {
  CLINIC_ADDRESS: "1 Example Road, Bengaluru 560001, Karnataka, India",
  CLINIC_TAX_ID: "GSTIN 29AAAAA0000A1Z5",
  CLINIC_EMAIL: "clinic@demo.test",
  CLINIC_PHONE: "+91 80 0000 0000",
};

/** The address of Stripe's API. */
const STRIPE_API = "https://api.stripe.com";

const variables = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  AMRUTAM_MODE: z.enum(["demo", "production"]).optional(),
  SEED_DEMO: z.enum(["0", "1"], { error: "give 1 or leave it out" }).default("0"),
  PORT: z.coerce.number({ error: "give a port number" }).int().min(0).max(65535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  APP_URL: url("http", "https").optional(),
  ALLOWED_ORIGINS: origins.default([]),
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: databaseUrl("missing; npm start brings its own database, other commands need one"),
  MIGRATION_DATABASE_URL: databaseUrl().optional(),
  STRICT_DB_ROLE: z
    .enum(["0", "1"], { error: "give 1 or leave it out" })
    .default("0")
    .transform((given) => given === "1"),
  DATABASE_POOL_MAX: z.coerce.number({ error: "give a number" }).int().min(1).max(500).default(10),
  AUTH_SECRET: secret("openssl rand -base64 48"),
  ENCRYPTION_KEYS: encryptionKeys,
  AUDIT_SIGNING_KEY: auditSigningKey,
  SANDBOX_WEBHOOK_SECRET: secret("openssl rand -hex 32"),
  HOLD_MINUTES: z.coerce
    .number({ error: "give minutes" })
    .positive()
    .max(24 * 60)
    .default(10),
  SHUTDOWN_GRACE_SECONDS: z.coerce.number({ error: "give seconds" }).min(0).max(600).default(5),
  RATE_LIMITS: z.enum(["on", "off"], { error: "give on or off" }).default("on"),
  TRUST_PROXY: z.coerce.number({ error: "give a number, 0 to 5" }).int().min(0).max(5).default(0),
  REQUIRE_MFA: roles.optional(),
  REDIS_URL: z
    .string()
    .refine(
      isRedisUrl,
      "give redis://host, rediss://host, redis+sentinel://host:26379,…/master or redis+cluster://host:6379,…",
    )
    .optional(),
  UPSTASH_REDIS_REST_URL: url("http", "https").optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional(),
  INNGEST_EVENT_KEY: z.string().optional(),
  INNGEST_SIGNING_KEY: z.string().optional(),
  INNGEST_DEV: z
    .union([z.literal(["0", "1"]), url("http", "https")], { error: "give http://host:8288" })
    .optional(),
  SMTP_URL: url("smtp", "smtps").optional(),
  MAIL_FROM: z.string().min(3, "give an address").max(200).optional(),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  STRIPE_API_BASE: url("http", "https").default(STRIPE_API),
  MEETING_URL_TEMPLATE: z
    .string()
    .regex(/^https?:\/\//, "give an http(s) URL")
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url("http", "https").optional(),
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
  METRICS_TOKEN: z.string().min(16, "give at least 16 characters").optional(),
  CLINIC_NAME: clinicText(100).default("Amrutam Telemedicine"),
  CLINIC_ADDRESS: clinicText(300).optional(),
  CLINIC_TAX_ID: clinicText(50).optional(),
  CLINIC_EMAIL: z.email("give an email address").optional(),
  CLINIC_PHONE: clinicText(30).optional(),
});

/** Variables that must be given together. */
const PAIRS = [
  ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"],
  ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"],
  ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
] as const;

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** Finds contradictions between variables. Reads the raw values, so that one start reports all problems. */
function conflicts(given: Source): string[] {
  const unpaired = PAIRS.flatMap(([first, second]) => [
    given[first] && !given[second] ? `${second}: missing, but ${first} is given` : [],
    given[second] && !given[first] ? `${first}: missing, but ${second} is given` : [],
  ]).flat();
  const host = given.HOST ?? "127.0.0.1";
  return [
    ...unpaired,
    ...(given.RATE_LIMITS === "off" && !isLoopback(host)
      ? [`RATE_LIMITS: off is for load tests and needs a loopback HOST, not ${host}`]
      : []),
    ...(isProductionIn(given) && (given.INNGEST_DEV ?? "0") !== "0"
      ? [
          "INNGEST_DEV: leave it out in production, where it lets anybody run any job; give INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY",
        ]
      : []),
    // Requests contain the secret key, so the address is Stripe's own or a test server on this machine.
    ...(isAllowedStripeApi(given.STRIPE_API_BASE)
      ? []
      : [`STRIPE_API_BASE: leave it out; only tests set it, to an address of this machine`]),
  ];
}

function isAllowedStripeApi(base = STRIPE_API): boolean {
  // The schema reports a value that is not a URL.
  if (!URL.canParse(base)) return true;
  const { origin, hostname } = new URL(base);
  return origin === STRIPE_API || isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

/** Returns the host of the app's URL for mail addresses, or localhost if the host is an IP address. */
function mailDomain(appUrl: string): string {
  const { hostname } = new URL(appUrl);
  return isIP(hostname) || hostname.startsWith("[") ? "localhost" : hostname;
}

/** Whether this is production. The launcher sets AMRUTAM_MODE=demo with the embedded database. */
const isProductionIn = ({ AMRUTAM_MODE: mode, SEED_DEMO: seed }: Source): boolean =>
  (mode ?? (seed === "1" ? "demo" : "production")) === "production";

const environment = variables.transform(({ AMRUTAM_MODE, SEED_DEMO, ...raw }) => {
  const isProduction = isProductionIn({ AMRUTAM_MODE, SEED_DEMO });
  const host = ["0.0.0.0", "::"].includes(raw.HOST) ? "localhost" : raw.HOST;
  const origin = `http://${isIP(host) === 6 ? `[${host}]` : host}:${raw.PORT}`;
  const appUrl = (raw.APP_URL ?? origin).replace(/\/+$/, "");
  return {
    ...(isProduction ? {} : DEMO_CLINIC),
    ...raw,
    APP_URL: appUrl,
    MAIL_FROM: raw.MAIL_FROM ?? `Amrutam <no-reply@${mailDomain(appUrl)}>`,
    RATE_LIMITS: raw.RATE_LIMITS === "on",
    REQUIRE_MFA: raw.REQUIRE_MFA ?? (isProduction ? (["doctor", "admin"] as const) : []),
    /** The gateway of new payments. */
    paymentProvider: raw.STRIPE_SECRET_KEY ? ("stripe" as const) : ("sandbox" as const),
    isProduction,
    isDemo: !isProduction,
    isLoopback: isLoopback(raw.HOST),
  };
});

export type Env = Readonly<z.output<typeof environment>>;

/** Reads and checks an environment. An empty variable counts as absent, except REQUIRE_MFA. */
export function parseEnv(source: Source): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([name, value]) => value || name === "REQUIRE_MFA"),
  );
  const result = environment.safeParse(given);
  const problems = [
    ...(result.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    ...conflicts(given),
  ];
  if (!result.success || problems.length > 0) throw new EnvironmentError(problems);
  return result.data;
}

/** Adds values so that `next build` can import server modules without secrets. Nothing runs with them. */
function buildTimeEnv(source: Source): Source {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    DATABASE_URL: "postgresql://build@127.0.0.1:1/build",
    AUTH_SECRET: "x".repeat(32),
    ENCRYPTION_KEYS: `1:${Buffer.alloc(32).toString("base64")}`,
    AUDIT_SIGNING_KEY: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    SANDBOX_WEBHOOK_SECRET: "x".repeat(32),
    ...source,
  };
}

let parsed: Env | undefined;

/** Reads the environment once. `src/server/main.ts` calls this first, so that a start fails early. */
export function loadEnv(): Env {
  const building = process.env.NEXT_PHASE === "phase-production-build";
  parsed ??= parseEnv(building ? buildTimeEnv(process.env) : process.env);
  // next-auth reads its origin only from this variable.
  process.env.NEXTAUTH_URL ??= parsed.APP_URL;
  return parsed;
}

/** The checked environment. It is read at first use, so that a module can be imported without one. */
export const env: Env = new Proxy({} as Env, {
  get: (_target, name) => Reflect.get(loadEnv(), name),
});
