import { Inngest } from "inngest";
import { env } from "@/env";
import { logger } from "../platform/logger";
import { jobMode } from "./mode";

export const APP_ID = "amrutam";

/** Sends the SDK's requests to an Inngest server. The embedded engine needs none, so it refuses them. */
const fetchFromServer: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  if (jobMode().kind === "server") return fetch(request);
  throw new Error(
    `The embedded job engine does not offer ${request.method} ${request.url}; to send an event, write it to the outbox`,
  );
};

/**
 * The Inngest client. Domains use `createJob`, not this. What depends on the environment is read at
 * the first use, so that a jobs.ts can be imported without an environment.
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
  fetch: fetchFromServer,
  logger: logger.child({ component: "jobs" }),
  // Each step returns to the engine, which saves its result before the next step begins.
  checkpointing: false,
  aiMetadata: false,
});
