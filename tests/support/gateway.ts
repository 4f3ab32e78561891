import { createHmac, randomUUID } from "node:crypto";
import { env } from "@/env";
import { Api } from "./http";
import { routeHandlers } from "./routes";

/** An event of the sandbox gateway, written from the contract and not from the app's code. */
export type GatewayEvent = {
  id: string;
  type: string;
  createdAt: string;
  data: { paymentId: string; amount: number; currency: string; refundId?: string };
};

type Payment = { id: string; amount: { amount: number; currency: string } };

export const gatewayEvent = (
  type: "payment.succeeded" | "payment.failed" | "refund.succeeded",
  { id, amount }: Payment,
  changed: Partial<GatewayEvent["data"]> = {},
): GatewayEvent => ({
  id: `evt_${randomUUID()}`,
  type,
  createdAt: new Date().toISOString(),
  data: { paymentId: id, ...amount, ...changed },
});

/** Builds the `Sandbox-Signature` header of a body. */
export function signatureOf(
  raw: string,
  secondsFromNow = 0,
  secret = env.SANDBOX_WEBHOOK_SECRET,
): string {
  const seconds = Math.floor(Date.now() / 1000) + secondsFromNow;
  const hex = createHmac("sha256", secret).update(`${seconds}.${raw}`).digest("hex");
  return `t=${seconds},v1=${hex}`;
}

/** The route handlers. The Node server calls the same function. */
const routes = new Api(routeHandlers);
export const WEBHOOK = "/api/webhooks/payments/sandbox";

/** Posts a body with a signature: a correct one by default; none if it is null. */
export const postWebhook = (
  raw: string,
  signature: string | null = signatureOf(raw),
  api: Api = routes,
) =>
  api.send(WEBHOOK, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(signature !== null && { "sandbox-signature": signature }),
    },
    body: raw,
  });

/** Delivers an event as the gateway does. */
export const deliver = (event: GatewayEvent, api?: Api) =>
  postWebhook(JSON.stringify(event), undefined, api);
