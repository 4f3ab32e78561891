import { eventType, Inngest, staticSchema } from "inngest";
import { env } from "@/env";
import { logger } from "../platform/logger";
import type { DataOf, DomainEvent } from "../platform/outbox";
import { receiveEvents } from "./embedded/events";
import { jobMode } from "./mode";

export const APP_ID = "amrutam";

/** Replaces the network for the embedded engine: what functions send goes to PostgreSQL. */
const send: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  if (jobMode().kind === "server") return fetch(request);
  if (request.method === "POST" && new URL(request.url).pathname.startsWith("/e/")) {
    return Response.json({ status: 200, ids: await receiveEvents(await request.json()) });
  }
  throw new Error(`The embedded job engine does not offer ${request.method} ${request.url}`);
};

/**
 * The client that every domain's jobs.ts makes its functions with. What depends on the environment
 * is read at first use, so that importing a jobs.ts needs none.
 */
export const inngest = new Inngest({
  id: APP_ID,
  get isDev() {
    const mode = jobMode();
    return mode.kind === "embedded" || mode.isDev;
  },
  get baseUrl() {
    const mode = jobMode();
    return mode.kind === "embedded" ? "http://embedded.invalid" : mode.url;
  },
  get eventKey() {
    return env.INNGEST_EVENT_KEY ?? "embedded";
  },
  get signingKey() {
    return env.INNGEST_SIGNING_KEY;
  },
  fetch: send,
  logger: logger.child({ component: "jobs" }),
  // Every step comes back to the engine, so that it is remembered before the next one begins.
  checkpointing: false,
  aiMetadata: false,
});

/** A domain event as a trigger or in cancelOn, with the type of its data. */
export const event = <Name extends DomainEvent["name"]>(name: Name) =>
  eventType(name, { schema: staticSchema<DataOf<Name>>() });
