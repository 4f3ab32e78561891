import Stripe from "stripe";
import { env } from "@/env";
import type { ChargeState } from "./provider";

/** Shorter than this server's request timeout, so that the caller gets a 503 in time. */
const TIMEOUT_MS = 8000;

let client: Stripe | undefined;

/** Returns the client, which is made at the first call. */
export function api(): Stripe {
  if (client) return client;
  const { hostname, port, protocol } = new URL(env.STRIPE_API_BASE);
  client = new Stripe(env.STRIPE_SECRET_KEY ?? "", {
    host: hostname,
    protocol: protocol === "http:" ? "http" : "https",
    ...(port ? { port } : {}),
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
  });
  return client;
}

/** Reads a checkout session from Stripe, with its payment. */
export const readSession = (sessionId: string) =>
  api().checkout.sessions.retrieve(sessionId, { expand: ["payment_intent"] });

/** The payment of a session that `readSession` returned; null if nobody has tried to pay. */
export const intentOf = ({ payment_intent: intent }: Stripe.Checkout.Session) =>
  intent && typeof intent === "object" ? intent : null;

function statusOf(session: Stripe.Checkout.Session): ChargeState["status"] {
  if (session.payment_status === "paid") return "SUCCEEDED";
  if (session.status === "expired") return "FAILED";
  // A payment method with a late answer, for instance a bank debit, was refused.
  const intent = intentOf(session);
  const refused = intent?.status === "requires_payment_method" || intent?.status === "canceled";
  return session.status === "complete" && refused ? "FAILED" : "PENDING";
}

/** Reads a payment by Stripe's id. A refund in the dashboard contains this id, but none of our ids. */
export const readIntent = (intentId: string) => api().paymentIntents.retrieve(intentId);

/** Lists all refunds of a payment: ours, and those by hand in Stripe's dashboard. */
export const refundsOf = (intentId: string) =>
  api().refunds.list({ payment_intent: intentId, limit: 100 }).autoPagingToArray({ limit: 1000 });

/** Computes the state of a payment from its session: what was captured and refunded. */
export async function stateOf(session: Stripe.Checkout.Session): Promise<ChargeState> {
  const status = statusOf(session);
  const intent = intentOf(session);
  const refunds = intent && status === "SUCCEEDED" ? await refundsOf(intent.id) : [];
  const ours = refunds.flatMap(({ status: done, metadata, amount }) =>
    metadata?.refundId ? [{ refundId: metadata.refundId, amount, done }] : [],
  );
  return {
    status,
    // The amount that arrived, not the amount that the session asked for.
    amount: status === "SUCCEEDED" ? (intent?.amount_received ?? 0) : 0,
    currency: (intent?.currency ?? session.currency ?? "inr").toUpperCase(),
    refunded: ours.filter(({ done }) => done === "succeeded"),
    failed: ours
      .filter(({ refundId }) =>
        ours.every((one) => one.refundId !== refundId || hasFailed(one.done)),
      )
      .map((one) => ({
        ...one,
        tries: ours.filter(({ refundId }) => refundId === one.refundId).length,
      })),
    byHand: refunds
      .filter(
        (one) => !one.metadata?.refundId && (one.status === "succeeded" || hasFailed(one.status)),
      )
      .map((one) => ({ refundId: one.id, amount: one.amount, hasFailed: hasFailed(one.status) })),
  };
}

/** Whether Stripe reports a refund as failed or cancelled. Stripe does not carry out such a refund later. */
export const hasFailed = (status: string | null) => status === "failed" || status === "canceled";
