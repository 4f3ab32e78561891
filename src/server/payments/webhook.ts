import type { Reason } from "../platform/errors";
import { logger } from "../platform/logger";
import { applyEvent } from "./commands/apply";
import { WebhookRefused } from "./provider";
import { providerOf } from "./providers";

/**
 * Verifies a gateway's webhook over its raw bytes, and applies each of its events once.
 * @returns null if the events are stored, otherwise the reason of the refusal. After TRY_AGAIN the gateway
 *   sends the webhook again.
 */
export async function receiveWebhook(
  providerName: string,
  rawBody: Buffer,
  headers: Headers,
  requestId: string,
): Promise<Reason | null> {
  const provider = providerOf(providerName);
  if (!provider) return "NOT_FOUND";
  try {
    for (const event of await provider.parseWebhook(rawBody, headers)) {
      await applyEvent(provider.name, event, requestId);
    }
    return null;
  } catch (error) {
    if (error instanceof WebhookRefused) {
      logger.warn({ requestId, provider: providerName, why: error.message }, "webhook refused");
      return "INVALID_INPUT";
    }
    logger.error({ requestId, provider: providerName, err: error }, "webhook not applied");
    return "TRY_AGAIN";
  }
}
