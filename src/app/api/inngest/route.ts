import { serve } from "inngest/next";
import { functions } from "@/server/functions";
import { inngest } from "@/server/platform/inngest/client";
import { jobMode } from "@/server/platform/inngest/mode";

const handlers = serve({ client: inngest, functions });

type Handler = typeof handlers.POST;

/** With the embedded engine nobody drives the functions from outside: the door is not there. */
const onlyWithServer =
  (handler: Handler): Handler =>
  async (...args) =>
    jobMode().kind === "embedded"
      ? Response.json({ message: "NOT_FOUND" }, { status: 404 })
      : handler(...args);

export const GET = onlyWithServer(handlers.GET);
export const POST = onlyWithServer(handlers.POST);
export const PUT = onlyWithServer(handlers.PUT);
