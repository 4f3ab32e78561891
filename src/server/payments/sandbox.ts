import { env } from "@/env";
import { checkoutUrl } from "../bookings/rules";
import { db } from "../platform/db";
import { refundInSandbox } from "./commands/sandbox";
import type { PaymentProvider } from "./provider";
import { readWebhook } from "./sandbox-webhook";
import { checkout } from "./schema";

/** The demo's gateway, which needs no account: it has its own checkout page and signed webhooks. */
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
    await refundInSandbox({ refundId, paymentId, amount, currency });
    return { providerRef: null };
  },
  // The event is built from the signed body, because the sandbox has no other state to ask for.
  async parseWebhook(rawBody, headers) {
    return [readWebhook(rawBody, headers.get("sandbox-signature"))];
  },
};
