import { env } from "@/env";

const DEV_SERVER = "http://127.0.0.1:8288";

/** Where the functions run: on our own engine, or on an Inngest server. */
export type JobMode =
  | { kind: "embedded" }
  /** No `url` means what the SDK takes by itself: Inngest's cloud, or INNGEST_BASE_URL. */
  | { kind: "server"; isDev: boolean; url?: string };

/**
 * INNGEST_DEV names a server that asks for no keys; a pair of keys means the cloud or a self-hosted
 * server; with neither the engine that is built in does the work.
 */
export function jobMode(): JobMode {
  const { INNGEST_DEV: dev, INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY } = env;
  if (dev && dev !== "0") {
    return { kind: "server", isDev: true, url: dev === "1" ? DEV_SERVER : dev };
  }
  if (INNGEST_EVENT_KEY && INNGEST_SIGNING_KEY) return { kind: "server", isDev: false };
  return { kind: "embedded" };
}
