import { GET } from "@/app/checkout/stripe/[paymentId]/route";
import { makeHold } from "./bookings";
import { sql } from "./database";
import { FEE, type Person } from "./factories";
import { Api } from "./http";
import { routeHandlers } from "./routes";
import { stripe } from "./stripe-env";

const api = new Api(routeHandlers);

/** Posts an event as Stripe does. */
export const deliver = ({ raw, signature }: { raw: string; signature: string }) =>
  api.send("/api/webhooks/payments/stripe", {
    method: "POST",
    headers: { "stripe-signature": signature },
    body: raw,
  });

/** Opens the checkout, as a person or without sign-in. */
export const checkout = (paymentId: string, person: Person | null) =>
  GET(
    new Request(`http://localhost/checkout/stripe/${paymentId}`, {
      headers: person ? { authorization: `Bearer ${person.token}` } : {},
    }),
    { params: Promise.resolve({ paymentId }) },
  );

/** Makes a hold and opens its checkout at Stripe. */
export async function makeCheckout() {
  const made = await makeHold();
  await checkout(made.payment.id, made.patient);
  return { ...made, session: stripe.sessionOf(made.payment.id) };
}

/** Makes a booking that is paid through Stripe and confirmed. */
export async function makePaid() {
  const made = await makeCheckout();
  const intent = stripe.pay(made.session);
  await deliver(stripe.event("checkout.session.completed", made.session));
  return { ...made, intent };
}

/** The recorded outcome of a webhook event; undefined if it was not recorded. */
export const outcomeOf = async (eventId: string) =>
  (await sql("SELECT outcome FROM webhook_events WHERE event_id = $1", [eventId]))[0]?.outcome;

/** The refund of a payment. */
export async function refundIdOf(paymentId: string): Promise<string> {
  const rows = await sql<{ id: string }>("SELECT id FROM refunds WHERE payment_id = $1", [
    paymentId,
  ]);
  return rows[0]?.id ?? "";
}

export const UNPAID = { booking: "PENDING", slot: "HELD", payment: "PENDING" };
export const PAID = { booking: "CONFIRMED", slot: "BOOKED", payment: "SUCCEEDED", refund: null };
export const ALL_BACK = { payment: "REFUNDED", refund: `SUCCEEDED ${FEE}` };
