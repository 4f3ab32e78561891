import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { env } from "@/env";
import { checkoutUrl } from "../bookings/rules";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { logger } from "../platform/logger";
import { id, text } from "../platform/schema";
import { type PaymentEvent, type PaymentProvider, WebhookRefused } from "./provider";
import { type Checkout, checkout, type Decision } from "./schema";

const TOLERANCE_SECONDS = 300;
const DELIVERY_TIMEOUT_MS = 5000;

const body = z.object({
  id: text(255).min(1),
  type: z.enum(["payment.succeeded", "payment.failed", "refund.succeeded"]),
  createdAt: z.string(),
  data: z.object({
    paymentId: id,
    amount: z.int(),
    currency: z.string().max(10),
    /** Of a refund; without it a refund of ours that waits and has this amount is meant. */
    refundId: text(255).min(1).optional(),
  }),
});

const signatureOf = (seconds: string, rawBody: Buffer) =>
  createHmac("sha256", env.SANDBOX_WEBHOOK_SECRET).update(`${seconds}.`).update(rawBody).digest();

/** The `Sandbox-Signature` header of a body at an instant. */
function sign(rawBody: Buffer, at: Date): string {
  const seconds = String(Math.floor(at.getTime() / 1000));
  return `t=${seconds},v1=${signatureOf(seconds, rawBody).toString("hex")}`;
}

function verify(rawBody: Buffer, header: string | null): void {
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? "") ?? [];
  if (!seconds || !hex) throw new WebhookRefused("no signature of ours");
  if (!timingSafeEqual(signatureOf(seconds, rawBody), Buffer.from(hex, "hex"))) {
    throw new WebhookRefused("signature does not match");
  }
  const age = Math.abs(clock.now().getTime() / 1000 - Number(seconds));
  if (age > TOLERANCE_SECONDS) throw new WebhookRefused("signature is too old or ahead");
}

/** The gateway that needs no account anywhere: its own checkout page, its own signed webhooks. */
export const sandbox: PaymentProvider = {
  name: "sandbox",
  async createCheckout({ paymentId }) {
    return { url: checkoutUrl(env.APP_URL, "sandbox", paymentId), providerRef: null };
  },
  async fetchState({ paymentId }) {
    const payment = await db.payment.findUnique({
      where: { id: paymentId },
      include: { sandbox: true },
    });
    const refunds = await db.sandboxRefund.findMany({ where: { paymentId } });
    const status = checkout.shape.status.catch("PENDING").parse(payment?.sandbox?.status);
    return {
      status,
      amount: status === "SUCCEEDED" ? (payment?.amount ?? 0) : 0,
      currency: payment?.currency ?? "INR",
      refunded: refunds.map(({ refundId, amount }) => ({ refundId, amount })),
      failed: [],
      byHand: [],
    };
  },
  async refund({ refundId, paymentId, amount, currency }) {
    await db.sandboxRefund.createMany({
      data: [{ refundId, paymentId, amount }],
      skipDuplicates: true,
    });
    const eventId = `evt_${refundId}`;
    await deliver({ eventId, type: "refund.succeeded", paymentId, amount, currency, refundId });
    return { providerRef: null };
  },
  // What the gateway signed is what the gateway says: there is no other book to ask.
  async parseWebhook(rawBody, headers): Promise<PaymentEvent[]> {
    verify(rawBody, headers.get("sandbox-signature"));
    const parsed = body.safeParse(safeJson(rawBody));
    if (!parsed.success) throw new WebhookRefused("not an event");
    const { id: eventId, type, data } = parsed.data;
    return [{ eventId, type, ...data }];
  },
};

function safeJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** What the gateway's hosted page shows. @throws NOT_FOUND, in production as well. */
export async function getCheckout(paymentId: string): Promise<Checkout> {
  if (!env.isDemo) throw new AppError("NOT_FOUND");
  const payment = await db.payment.findFirst({
    where: { id: paymentId, provider: "sandbox" },
    include: {
      sandbox: true,
      booking: { include: { doctor: { select: { name: true } } } },
    },
  });
  if (!payment) throw new AppError("NOT_FOUND");
  const { booking, sandbox: charge } = payment;
  const isHeld = booking.status === "PENDING" && booking.holdExpiresAt > clock.now();
  return {
    paymentId,
    bookingId: booking.id,
    amount: { amount: payment.amount, currency: "INR" },
    status: checkout.shape.status.catch("PENDING").parse(charge?.status),
    declines: charge?.declines ?? 0,
    heldUntil: isHeld ? booking.holdExpiresAt.toISOString() : null,
    doctorName: booking.doctor.name,
    startsAt: booking.startsAt.toISOString(),
  };
}

/**
 * What the patient pressed on the gateway's page, kept in the gateway's own book. A declined card is a
 * try that failed: the page stays open for another. A payment reaches the app by a signed webhook over
 * HTTP, as from a real gateway, and cannot be declined any more.
 */
export async function decide(paymentId: string, outcome: "pay" | "decline"): Promise<Decision> {
  const { bookingId, amount } = await getCheckout(paymentId);
  const [wanted, declined] = outcome === "pay" ? ["SUCCEEDED", 0] : ["PENDING", 1];
  await db.$executeRaw`
    INSERT INTO sandbox_charges AS c (payment_id, status, declines, decided_at)
    VALUES (${paymentId}::uuid, ${wanted}::payment_status, ${declined}::int, app_now())
    ON CONFLICT (payment_id) DO UPDATE
       SET status = excluded.status, declines = c.declines + excluded.declines, decided_at = app_now()
     WHERE c.status = 'PENDING'`;
  const { status } = await getCheckout(paymentId);
  if (status !== "PENDING") {
    await deliver({
      eventId: `evt_${paymentId}_${status.toLowerCase()}`,
      type: status === "SUCCEEDED" ? "payment.succeeded" : "payment.failed",
      paymentId,
      ...amount,
    });
  }
  return { bookingId, status };
}

/** Posts an event to the app. A failed delivery is only logged: reconciliation asks the book. */
async function deliver(event: PaymentEvent): Promise<void> {
  const { eventId, type, paymentId, amount, currency, refundId } = event;
  const raw = Buffer.from(
    JSON.stringify({
      id: eventId,
      type,
      createdAt: clock.now().toISOString(),
      data: { paymentId, amount, currency, refundId },
    }),
  );
  try {
    const response = await fetch(`${env.APP_URL}/api/webhooks/payments/sandbox`, {
      method: "POST",
      headers: { "content-type": "application/json", "sandbox-signature": sign(raw, clock.now()) },
      body: raw,
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    });
    if (!response.ok) logger.warn({ eventId, status: response.status }, "sandbox webhook refused");
  } catch (error) {
    logger.warn({ eventId, err: error }, "sandbox webhook not delivered");
  }
}
