import { missingParts } from "@/server/platform/health";

export const dynamic = "force-dynamic";

/** 200 while all that a request needs can be reached, else 503 naming what cannot. */
export async function GET(): Promise<Response> {
  const missing = await missingParts();
  return missing.length === 0
    ? Response.json({ status: "ready" })
    : Response.json(
        { status: "not ready", missing },
        { status: 503, headers: { "retry-after": "2" } },
      );
}
