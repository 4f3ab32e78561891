import { env } from "@/env";

const DEV_SERVER = "http://127.0.0.1:8288";

/** Where the jobs run: on the embedded engine, or on an Inngest server. */
export type JobMode =
  | { kind: "embedded" }
  /** Without `url` the SDK uses its default: INNGEST_BASE_URL, or Inngest's cloud. */
  | { kind: "server"; isDev: boolean; url?: string };

/**
 * Reads the mode from the environment. INNGEST_DEV names a dev server, which needs no keys. A pair of
 * keys selects Inngest's cloud or a self-hosted server. Otherwise the jobs run on the embedded engine.
 */
export function jobMode(): JobMode {
  const { INNGEST_DEV: dev, INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY } = env;
  if (dev && dev !== "0") {
    return { kind: "server", isDev: true, url: dev === "1" ? DEV_SERVER : dev };
  }
  if (INNGEST_EVENT_KEY && INNGEST_SIGNING_KEY) return { kind: "server", isDev: false };
  return { kind: "embedded" };
}
