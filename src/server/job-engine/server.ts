import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { env } from "@/env";
import { readBody } from "../platform/body";
import { apiHeaders } from "../platform/headers";
import { logger } from "../platform/logger";
import { inngest } from "./client";
import { type JobMode, jobMode } from "./mode";

const SERVE_PATH = "/api/inngest";

const LONGEST_PAUSE_MS = 60_000;

/** How long a registration lasts. A dev server loses it at each restart, other servers rarely do. */
const registrationMs = (mode: JobMode) => (mode.kind === "server" && mode.isDev ? 60_000 : 600_000);

/**
 * The address of the jobs endpoint, from our own settings. If the SDK took it from the Host header of
 * a request, anybody could register another address and receive every event.
 */
const ownAddress = () => ({ serveOrigin: env.APP_URL, servePath: SERVE_PATH });

/**
 * Creates the endpoint through which an Inngest server runs the jobs. With keys it accepts only what
 * they signed. With the embedded engine the endpoint does not exist.
 */
export function createJobsEndpoint(
  functions: readonly InngestFunction.Any[],
): (request: Request) => Promise<Response> {
  let handle: ((request: Request) => Promise<Response>) | undefined;
  return async (request) => {
    const headers = apiHeaders();
    if (jobMode().kind === "embedded") {
      return Response.json({ message: "NOT_FOUND" }, { status: 404, headers });
    }
    const body = await readBody(request);
    if (!body) return Response.json({ message: "PAYLOAD_TOO_LARGE" }, { status: 413, headers });
    handle ??= serve({ client: inngest, functions, ...ownAddress(), enableUnauthedSync: false });
    // The SDK parses the JSON before it checks the signature, and throws if it is not valid.
    const response = await handle(toSdkRequest(request, body)).catch((err) => {
      logger.warn({ err }, "not a request of an Inngest server");
      return Response.json({ message: "BAD_REQUEST" }, { status: 400 });
    });
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  };
}

/** Adds the Host header that the SDK's handler requires. Its value does not matter (see ownAddress). */
function toSdkRequest({ url, method, headers: given }: Request, body: BodyInit): Request {
  const headers = new Headers(given);
  headers.set("host", new URL(env.APP_URL).host);
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(url, { method, headers, ...(hasBody && { body }) });
}

/**
 * Registers the jobs with the Inngest server, so that an operator only has to name the server. Retries
 * until it succeeds, because the server may start later than the app. Registers again from time to
 * time, because a server without the registration would accept events and start no run.
 */
export async function registerWithServer(
  functions: readonly InngestFunction.Any[],
  signal: AbortSignal,
  againMs = registrationMs(jobMode()),
): Promise<void> {
  const handle = serve({ client: inngest, functions, ...ownAddress() });
  const url = new URL(SERVE_PATH, env.APP_URL);
  for (let failures = 0, isKnown = false; !signal.aborted; ) {
    const request = toSdkRequest(new Request(url, { method: "PUT" }), "");
    const response = await handle(request).catch(() => null);
    const ok = response?.ok === true;
    if (ok && !isKnown) {
      logger.info({ functions: functions.length }, "registered with the Inngest server");
    }
    if (!ok)
      logger.warn({ status: response?.status }, "could not register with the Inngest server");
    const pause = ok ? againMs : Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures);
    isKnown = ok;
    failures = ok ? 0 : failures + 1;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
