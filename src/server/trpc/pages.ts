import type { IncomingMessage, ServerResponse } from "node:http";
import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state";
import { MAX_BODY_BYTES } from "../platform/body";
import { AppError } from "../platform/errors";
import { apiHeaders } from "../platform/headers";
import { enforceRateLimit } from "../platform/rate-limit";
import { ADDRESS } from "./context";
import { type Exchange, refuse } from "./node";

type PageHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Whether a page's request body is too large or has no length. */
function isTooLarge({ headers }: IncomingMessage): boolean {
  return "transfer-encoding" in headers || Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES;
}

/** Whether Next can parse its router's state header. Otherwise Next would respond with 500. */
function isRouterStateReadable({ headers }: IncomingMessage): boolean {
  try {
    parseAndValidateFlightRouterState(headers["next-router-state-tree"]);
    return true;
  } catch {
    return false;
  }
}

/** Counts a request for a page or a file. @returns the seconds to wait, or null if it is allowed. */
async function secondsToWait({ headers, url = "" }: IncomingMessage): Promise<number | null> {
  const policy = url.startsWith("/_next/static/") ? "filesPerAddress" : "pagesPerAddress";
  try {
    await enforceRateLimit(policy, String(headers[ADDRESS]));
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.data.retryAfterSeconds ?? 1;
    throw error;
  }
}

/** Passes a request on to Next, after checks that Next does not make itself. */
export async function handlePageRequest(
  handlePage: PageHandler | undefined,
  exchange: Exchange,
): Promise<void> {
  const { incoming, outgoing } = exchange;
  if (isTooLarge(incoming)) return refuse(exchange, "PAYLOAD_TOO_LARGE");
  if (!isRouterStateReadable(incoming)) return refuse(exchange, "INVALID_INPUT");
  const wait = await secondsToWait(incoming);
  if (wait !== null) {
    incoming.resume();
    const text = `Too many requests came from your network. Please wait ${wait} seconds, then load the page again.`;
    const headers = { ...apiHeaders(), "content-type": "text/plain; charset=utf-8" };
    outgoing.writeHead(429, { ...headers, "retry-after": String(wait) }).end(text);
    return;
  }
  if (handlePage) return handlePage(incoming, outgoing);
  outgoing.writeHead(404).end();
}
