import { TRPCError } from "@trpc/server";
import { createCallerFromHeaders } from "@/server/trpc/caller";
import { requestIdOf } from "@/server/trpc/context";
import { refusal } from "@/server/trpc/response";

export const dynamic = "force-dynamic";

const REFUSALS = { NOT_FOUND: "NOT_FOUND", BAD_REQUEST: "INVALID_INPUT" } as const;

/** Returns the mails of the demo as JSON, newest first. `?to=` selects one address. */
export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const { caller } = createCallerFromHeaders(request.headers);
  try {
    const messages = await caller.mailbox.latest({ to: searchParams.get("to") ?? undefined });
    const items = messages.map(({ createdAt: at, to, subject, text }) => {
      return { at, channel: "email", to, subject, text };
    });
    return Response.json({ items }, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    const code = error instanceof TRPCError ? error.code : null;
    if (code !== "NOT_FOUND" && code !== "BAD_REQUEST") throw error;
    return refusal(REFUSALS[code], requestIdOf(request.headers.get("x-request-id")));
  }
}
