import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { id, text } from "../platform/schema";
import { type PaymentEvent, WebhookRefused } from "./provider";

const TOLERANCE_SECONDS = 300;

const body = z.object({
  id: text(255).min(1),
  type: z.enum(["payment.succeeded", "payment.failed", "refund.succeeded"]),
  createdAt: z.string(),
  data: z.object({
    paymentId: id,
    amount: z.int(),
    currency: z.string().max(10),
    /** The id of our refund. Without it: our pending refund of this amount. */
    refundId: text(255).min(1).optional(),
  }),
});

const signatureOf = (seconds: string, rawBody: Buffer) =>
  createHmac("sha256", env.SANDBOX_WEBHOOK_SECRET).update(`${seconds}.`).update(rawBody).digest();

/** Signs a body now. @returns the value of the `Sandbox-Signature` header. */
export function signWebhook(rawBody: Buffer): string {
  const seconds = String(Math.floor(clock.now().getTime() / 1000));
  return `t=${seconds},v1=${signatureOf(seconds, rawBody).toString("hex")}`;
}

function verify(rawBody: Buffer, header: string | null): void {
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? "") ?? [];
  if (!seconds || !hex) throw new WebhookRefused("the signature is missing or malformed");
  if (!timingSafeEqual(signatureOf(seconds, rawBody), Buffer.from(hex, "hex"))) {
    throw new WebhookRefused("the signature does not match");
  }
  const age = Math.abs(clock.now().getTime() / 1000 - Number(seconds));
  if (age > TOLERANCE_SECONDS)
    throw new WebhookRefused("the signature is too old or in the future");
}

/** Checks the signature and reads the event. @throws WebhookRefused. */
export function readWebhook(rawBody: Buffer, header: string | null): PaymentEvent {
  verify(rawBody, header);
  const parsed = body.safeParse(safeJson(rawBody));
  if (!parsed.success) throw new WebhookRefused("the body is not an event");
  const { id: eventId, type, data } = parsed.data;
  return { eventId, type, ...data };
}

function safeJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    return undefined;
  }
}
