import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { env } from "@/env";
import type { Reason } from "../platform/errors";
import { ADDRESS, LOCAL, localMark, requestIdOf } from "./context";
import { refusal } from "./response";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
const FORWARDING = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/**
 * Returns the caller's address from X-Forwarded-For, or null if it has no valid address there. Each of
 * the `TRUST_PROXY` proxies appends its own caller at the right. Entries further left can be forged.
 */
function forwardedAddress({ headers }: IncomingMessage): string | null {
  const seen = String(headers["x-forwarded-for"] ?? "").split(",");
  const entry = env.TRUST_PROXY > 0 ? (seen.at(-env.TRUST_PROXY)?.trim() ?? "") : "";
  // Some proxies append the port. With it, every connection would count as another address.
  const [, bracketed, plain] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? [];
  const address = bracketed ?? plain ?? entry;
  return isIP(address) ? address : null;
}

/** Sets the headers with the caller's address. It replaces such headers of the request itself. */
function markCaller(incoming: IncomingMessage): void {
  const { headers, socket } = incoming;
  const forwarded = forwardedAddress(incoming);
  const address = forwarded ?? socket.remoteAddress ?? "unknown";
  // A proxy on this machine has a loopback address, wherever its own callers are.
  const isKnown = forwarded !== null || FORWARDING.every((name) => headers[name] === undefined);
  headers[ADDRESS] = address;
  delete headers[LOCAL];
  if (isKnown && LOOPBACK.test(address)) headers[LOCAL] = localMark();
}

/**
 * Prepares a request for its handler: sets the caller's address and the request's id, and normalises
 * the path.
 * @returns the request's id.
 */
export function prepare(incoming: IncomingMessage): string {
  markCaller(incoming);
  // A page that Next loads ahead of a click does not count as activity of the session.
  if (incoming.headers["next-router-prefetch"]) incoming.headers["x-background"] = "1";
  const requestId = requestIdOf(incoming.headers["x-request-id"]);
  incoming.headers["x-request-id"] = requestId;
  const { url = "/" } = incoming;
  // HTTP also allows an absolute URL in the request line.
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    const { pathname, search } = new URL(url);
    incoming.url = pathname + search;
  }
  return requestId;
}

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * Returns why a request is refused before its handler: its method, path or host is not valid. A path
 * with `.` or `..` is not valid, because browsers and HTTP libraries resolve these before they send.
 */
export function requestFault({ method = "", url = "", headers }: IncomingMessage): Reason | null {
  if (!METHODS.includes(method)) return "METHOD_NOT_ALLOWED";
  const [path = ""] = url.split(/[?#]/);
  const isPath = /^\/(?!\/)[^\\]*$/.test(path) && isDecodable(path);
  const hasDots = path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part));
  const { host = "localhost" } = headers;
  const isHost = !/[@/?#\\]/.test(host) && URL.canParse(`http://${host}/`);
  return isPath && !hasDots && isHost ? null : "INVALID_INPUT";
}

/**
 * Converts a request of Node's server. The body stays a stream, so that a handler can refuse the
 * request before the whole body has arrived.
 */
export function toRequest(incoming: IncomingMessage): Request {
  const { method = "GET", url } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
  }
  if (method === "GET" || method === "HEAD") {
    incoming.resume();
    return new Request(`http://localhost${url}`, { method, headers });
  }
  // A handler that stops reading must not destroy the connection: the response goes out on it.
  const chunks = incoming.iterator({ destroyOnReturn: false });
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  };
  // Without a buffer, reading starts with the handler. `send` could not discard a body that is half read.
  const body = new ReadableStream(source, { highWaterMark: 0 });
  const init: RequestInit & { duplex: "half" } = { method, headers, body, duplex: "half" };
  return new Request(`http://localhost${url}`, init);
}

/** Sends a handler's response. What remains of the request's body is discarded. */
export async function send(response: Response, { incoming, outgoing }: Exchange): Promise<void> {
  incoming.resume();
  const body = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, { ...headers, "content-length": body.length }).end(body);
}

/** A request of Node's server and its response. */
export type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse; requestId: string };

/**
 * Refuses a request without reading its body. The connection stays open: closing it at once would
 * often lose the response.
 */
export async function refuse(exchange: Exchange, why: Reason): Promise<void> {
  if (why === "METHOD_NOT_ALLOWED") exchange.outgoing.setHeader("allow", METHODS.join(", "));
  await send(refusal(why, exchange.requestId), exchange);
}
