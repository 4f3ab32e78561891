import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { env } from "@/env";
import { logger } from "../logger";
import { inngest } from "./client";

const SERVE_PATH = "/api/inngest";

const LONGEST_PAUSE_MS = 60_000;

/**
 * Tells the Inngest server where the functions are, until it has heard: so that naming the server
 * is all there is to do. It may start after this app.
 */
export async function registerWithServer(
  functions: readonly InngestFunction.Any[],
  signal: AbortSignal,
): Promise<void> {
  const handle = serve({
    client: inngest,
    functions,
    serveOrigin: env.APP_URL,
    servePath: SERVE_PATH,
  });
  const url = new URL(SERVE_PATH, env.APP_URL);
  for (let pause = 1000; !signal.aborted; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    // The handler takes no URL without a Host header.
    const request = new Request(url, { method: "PUT", headers: { host: url.host } });
    const response = await handle(request).catch(() => null);
    if (response?.ok) {
      logger.info({ functions: functions.length }, "registered with the Inngest server");
      return;
    }
    logger.warn({ status: response?.status }, "the Inngest server does not know us yet");
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
