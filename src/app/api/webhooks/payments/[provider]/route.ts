import { receiveWebhook } from "@/server/payments/webhook";
import { requestIdOf } from "@/server/trpc/context";

/** The body stays raw: a signature is over bytes. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ provider: string }> },
): Promise<Response> {
  const { provider } = await params;
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const raw = Buffer.from(await request.arrayBuffer());
  const { status, body } = await receiveWebhook(provider, raw, request.headers, requestId);
  return Response.json(body, { status, headers: { "x-request-id": requestId } });
}
