import { env } from "@/env";
import { registry } from "@/server/platform/metrics";

export const dynamic = "force-dynamic";

/** Prometheus text: open while we listen on loopback alone, behind METRICS_TOKEN elsewhere. */
export async function GET(request: Request): Promise<Response> {
  const token = env.METRICS_TOKEN;
  const allowed = token
    ? request.headers.get("authorization") === `Bearer ${token}`
    : env.isLoopback;
  if (!allowed) return new Response("unauthorized", { status: 401 });
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  });
}
