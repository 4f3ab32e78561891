import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { env } from "@/env";
import { apiHeaders } from "../platform/headers";
import { logger } from "../platform/logger";
import { inngest } from "./client";
import { type JobMode, jobMode } from "./mode";

const SERVE_PATH = "/api/inngest";

const LONGEST_PAUSE_MS = 60_000;

/** A dev server forgets at each of its starts, another one hardly ever. */
const againAfter = (mode: JobMode) => (mode.kind === "server" && mode.isDev ? 60_000 : 600_000);

/**
 * Where the functions are is ours to say: the Host of a request that asks for a registration could
 * be anybody's, and the server would send them every event from then on.
 */
const place = () => ({ serveOrigin: env.APP_URL, servePath: SERVE_PATH });

/**
 * The door through which an Inngest server drives the functions. With keys it opens to what they
 * signed and to nothing else; with the embedded engine it is not there.
 */
export function makeJobsDoor(
  functions: readonly InngestFunction.Any[],
): (request: Request) => Promise<Response> {
  let handle: ((request: Request) => Promise<Response>) | undefined;
  return async (request) => {
    const headers = apiHeaders();
    if (jobMode().kind === "embedded") {
      return Response.json({ message: "NOT_FOUND" }, { status: 404, headers });
    }
    handle ??= serve({ client: inngest, functions, ...place(), enableUnauthedSync: false });
    // What is no JSON is refused before anybody asks who sent it; nothing else gets out of the SDK.
    const response = await handle(await asServed(request)).catch((err) => {
      logger.warn({ err }, "not a request of an Inngest server");
      return Response.json({ message: "BAD_REQUEST" }, { status: 400 });
    });
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  };
}

/** The SDK's handler takes no URL without a Host header; which one is all the same to it here. */
async function asServed(request: Request): Promise<Request> {
  const { url, method } = request;
  const headers = new Headers(request.headers);
  headers.set("host", new URL(env.APP_URL).host);
  const body = method === "GET" || method === "HEAD" ? undefined : await request.text();
  return new Request(url, { method, headers, body });
}

/**
 * Registers the functions with the Inngest server, so that an operator only has to name the server. It
 * may start after this app, so this tries until it succeeds. A server may lose its memory, and a dev
 * server loses it at each start. It would then take events and start nothing, so this registers again
 * from time to time.
 */
export async function registerWithServer(
  functions: readonly InngestFunction.Any[],
  signal: AbortSignal,
  againMs = againAfter(jobMode()),
): Promise<void> {
  const handle = serve({ client: inngest, functions, ...place() });
  const url = new URL(SERVE_PATH, env.APP_URL);
  for (let failures = 0, isKnown = false; !signal.aborted; ) {
    const request = await asServed(new Request(url, { method: "PUT" }));
    const response = await handle(request).catch(() => null);
    const ok = response?.ok === true;
    if (ok && !isKnown) {
      logger.info({ functions: functions.length }, "registered with the Inngest server");
    }
    if (!ok) logger.warn({ status: response?.status }, "the Inngest server does not know us yet");
    const pause = ok ? againMs : Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures);
    isKnown = ok;
    failures = ok ? 0 : failures + 1;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
