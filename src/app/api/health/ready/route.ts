import { databaseState, missingParts } from "@/server/platform/health";

export const dynamic = "force-dynamic";

/** 200 while all that a request needs can be reached, else 503 naming what cannot. */
export async function GET(): Promise<Response> {
  const database = await databaseState();
  const missing = await missingParts(database);
  return missing.length === 0
    ? Response.json({ status: "ready" })
    : Response.json(
        { status: "not ready", missing, database },
        { status: 503, headers: { "retry-after": "2" } },
      );
}
