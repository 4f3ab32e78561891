import Stripe from "stripe";
import { env } from "@/env";
import type { ChargeState } from "./provider";

/** Below this server's own request timeout, so that a caller hears 503 and not silence. */
const TIMEOUT_MS = 8000;

let client: Stripe | undefined;

/** The client, made once. */
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

/** A session as Stripe has it now, with its payment. */
export const readSession = (sessionId: string) =>
  api().checkout.sessions.retrieve(sessionId, { expand: ["payment_intent"] });

/** The payment of a session that was read by `readSession`; null until somebody tried to pay. */
export const intentOf = ({ payment_intent: intent }: Stripe.Checkout.Session) =>
  intent && typeof intent === "object" ? intent : null;

function statusOf(session: Stripe.Checkout.Session): ChargeState["status"] {
  if (session.payment_status === "paid") return "SUCCEEDED";
  if (session.status === "expired") return "FAILED";
  // A method that answers later (a bank debit) has said no.
  const intent = intentOf(session);
  const refused = intent?.status === "requires_payment_method" || intent?.status === "canceled";
  return session.status === "complete" && refused ? "FAILED" : "PENDING";
}

/** A payment by its own id: what its refunds in the dashboard name is nothing else of ours. */
export const readIntent = (intentId: string) => api().paymentIntents.retrieve(intentId);

/** Every refund of a payment, ours and those made by hand in Stripe's dashboard. */
export const refundsOf = (intentId: string) =>
  api().refunds.list({ payment_intent: intentId, limit: 100 }).autoPagingToArray({ limit: 1000 });

/** What became of a session by Stripe's word: what arrived and what went back. */
export async function stateOf(session: Stripe.Checkout.Session): Promise<ChargeState> {
  const status = statusOf(session);
  const intent = intentOf(session);
  const refunds = intent && status === "SUCCEEDED" ? await refundsOf(intent.id) : [];
  const ours = refunds.flatMap(({ status: done, metadata, amount }) =>
    metadata?.refundId ? [{ refundId: metadata.refundId, amount, done }] : [],
  );
  return {
    status,
    // What arrived, not what the session asked for.
    amount: status === "SUCCEEDED" ? (intent?.amount_received ?? 0) : 0,
    currency: (intent?.currency ?? session.currency ?? "inr").toUpperCase(),
    refunded: ours.filter(({ done }) => done === "succeeded"),
    failed: ours
      .filter(({ refundId }) => ours.every((one) => one.refundId !== refundId || isDead(one.done)))
      .map((one) => ({
        ...one,
        tries: ours.filter(({ refundId }) => refundId === one.refundId).length,
      })),
    byHand: refunds
      .filter(
        (one) => !one.metadata?.refundId && (one.status === "succeeded" || isDead(one.status)),
      )
      .map((one) => ({ refundId: one.id, amount: one.amount, isDead: isDead(one.status) })),
  };
}

/** Whether a refund at Stripe came to nothing. */
export const isDead = (status: string | null) => status === "failed" || status === "canceled";
