import { logger } from "../platform/logger";
import { applyEvent } from "./commands/apply";
import { WebhookRefused } from "./provider";
import { providerOf } from "./providers";

/**
 * Verifies a gateway's webhook on its raw bytes, then applies it once.
 * 200 means that it is in the database (or was already); 503 asks the gateway to send it again.
 */
export async function receiveWebhook(
  providerName: string,
  rawBody: Buffer,
  headers: Headers,
  requestId: string,
): Promise<{ status: 200 | 400 | 404 | 503; body: Record<string, unknown> }> {
  const provider = providerOf(providerName);
  if (!provider) return { status: 404, body: { message: "no such provider" } };
  try {
    const event = await provider.parseWebhook(rawBody, headers);
    if (event) await applyEvent(provider.name, event, requestId);
    return { status: 200, body: { received: true } };
  } catch (error) {
    if (error instanceof WebhookRefused) {
      logger.warn({ requestId, provider: providerName, why: error.message }, "webhook refused");
      return { status: 400, body: { message: error.message } };
    }
    logger.error({ requestId, provider: providerName, err: error }, "webhook not applied");
    return { status: 503, body: { message: "try again" } };
  }
}
