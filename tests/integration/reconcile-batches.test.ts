import "../support/stripe-env";
import { afterEach, describe, expect, test } from "vitest";
import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "@/server/audit/commands";
import { system } from "@/server/audit/schema";
import { expireHolds } from "@/server/bookings/commands/expire";
import { closeCheckout } from "@/server/payments/commands/checkout";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { providerOf } from "@/server/payments/providers";
import { stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, asText, letHoldRunOut, sql } from "../support/database";
import { FEE } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { ALL_BACK, deliver, makeCheckout, makePaid, PAID, refundIdOf } from "../support/stripe";
import { stripe } from "../support/stripe-env";

/** More than one batch of reconciliation. */
const MANY = 205;

afterEach(async () => {
  await expectInvariants();
  // Otherwise reconciliation in the next test would look at the checkouts that this test left open.
  await sql(
    "UPDATE bookings SET hold_expires_at = now() - interval '2 days' WHERE status <> 'PENDING'",
  );
});

/** Makes checkouts of an hour ago that nobody paid: their holds have expired, their pages have `status`. */
async function makeAbandoned(status: "open" | "expired") {
  const { booking, session, payment } = await makeCheckout();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  // This checkout is closed, and the others are copied from it.
  await closeCheckout(booking.id);
  const entity = { entityType: "booking", entityId: Prisma.sql`b.id::text` } as const;
  const patient = { ...system(), role: "patient", userId: Prisma.sql`b.patient_id` } as const;
  const statement = Prisma.sql`
     WITH b AS (
       INSERT INTO bookings (slot_id, doctor_id, patient_id, status, starts_at, ends_at, price_amount,
                             currency, hold_expires_at, cancellation_policy)
       SELECT slot_id, doctor_id, patient_id, status, starts_at, ends_at, price_amount, currency,
              hold_expires_at, cancellation_policy
         FROM bookings, generate_series(1, ${MANY}::int) WHERE id = ${booking.id}::uuid RETURNING *),
     p AS (
       INSERT INTO payments (booking_id, provider, provider_ref, status, amount, currency, created_at)
       SELECT b.id, p.provider, 'cs_abandoned_' || b.id, p.status, p.amount, p.currency,
              now() - interval '1 hour' FROM b, payments p WHERE p.id = ${payment.id}::uuid
       RETURNING booking_id, id AS payment_id, provider_ref)
     SELECT p.*, ${auditSql(patient, { action: "booking.held", ...entity })},
            ${auditSql(system(), { action: "booking.expired", ...entity })}
       FROM p JOIN b ON b.id = p.booking_id`;
  const abandoned = await sql<{ booking_id: string; payment_id: string; provider_ref: string }>(
    asText(statement),
  );
  const sessions = abandoned.map(({ payment_id: paymentId, provider_ref: id }) => ({
    ...session,
    id,
    status,
    metadata: { paymentId },
  }));
  for (const abandonedSession of sessions)
    stripe.sessions.set(abandonedSession.id, abandonedSession);
  return { sessions, bookingIds: abandoned.map(({ booking_id: id }) => id) };
}

/** Makes a checkout that was paid and whose webhook was lost. */
async function makeLostCapture() {
  const made = await makeCheckout();
  stripe.pay(made.session);
  await age("payments", made.payment.id);
  stripe.requests.length = 0;
  return made;
}

/** How many checkouts the app has asked Stripe for. */
const countAsked = () =>
  stripe.requests.filter((request) => request.includes("/checkout/sessions/")).length;

describe("reconcile finds a lost capture that is preceded by more than one batch of unpaid checkouts", () => {
  test("that Stripe reported as expired", async () => {
    const { sessions } = await makeAbandoned("expired");
    for (const session of sessions)
      await deliver(stripe.event("checkout.session.expired", session));
    const { booking } = await makeLostCapture();

    expect(await reconcilePayments()).toEqual({ repaired: 1, failed: 0 });
    expect(await stateOf(booking.id)).toMatchObject(PAID);
    expect(countAsked()).toBe(1);
  }, 60_000);

  test.each(["open", "expired"] as const)(
    "that the app closed and that were %s at Stripe",
    async (status) => {
      const { bookingIds, sessions } = await makeAbandoned(status);
      for (const id of bookingIds) await closeCheckout(id);
      expect(sessions.every((session) => session.status === "expired")).toBe(true);
      const { booking } = await makeLostCapture();

      expect(await reconcilePayments()).toEqual({ repaired: 1, failed: 0 });
      expect(await stateOf(booking.id)).toMatchObject(PAID);
      expect(countAsked()).toBe(1);
    },
    60_000,
  );
});

test("reconcile asks for an expired checkout without an event only once", async () => {
  await makeAbandoned("expired");
  const { booking } = await makeLostCapture();

  await reconcilePayments();
  await reconcilePayments();
  expect(await stateOf(booking.id)).toMatchObject(PAID);
  expect(countAsked()).toBe(MANY + 1);
  expect(await reconcilePayments()).toEqual({ repaired: 0, failed: 0 });
  expect(countAsked()).toBe(MANY + 1);
}, 60_000);

test("reconcile finds a bank payment that succeeds after the hold expired", async () => {
  const { booking, session, payment } = await makeCheckout();
  stripe.attempt(session, "processing");
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  await closeCheckout(booking.id);
  await age("payments", payment.id);
  await reconcilePayments();

  stripe.pay(session);
  expect(await reconcilePayments()).toEqual({ repaired: 1, failed: 0 });
  expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED", refund: `PENDING ${FEE}` });
});

test("reconcile asks again for a payment whose checkout is closed, if another checkout of it was paid", async () => {
  const { booking, session, payment } = await makeCheckout();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  await closeCheckout(booking.id);
  const other = { ...session, id: `cs_other_${payment.id}`, payment_intent: null };
  stripe.sessions.set(other.id, other);
  stripe.pay(other);
  await age("payments", payment.id);

  // The event is parsed but not applied, as if the process had died in between.
  const { raw, signature } = stripe.event("checkout.session.completed", other);
  const headers = new Headers({ "stripe-signature": signature });
  await providerOf("stripe")?.parseWebhook(Buffer.from(raw), headers);
  expect(await reconcilePayments()).toEqual({ repaired: 1, failed: 0 });

  expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED", refund: `PENDING ${FEE}` });
});

test("reconcile settles a refund that is preceded by more than one batch of failed refunds", async () => {
  const made = [await makePaid(), await makePaid()] as const;
  for (const { patient, booking } of made) {
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  }
  const [old, fresh] = made;
  const parts = 250;
  const failed = await sql<{ id: string }>(
    `WITH whole AS (DELETE FROM refunds WHERE payment_id = $1 RETURNING *)
     INSERT INTO refunds (payment_id, amount, reason, status, created_at)
     SELECT payment_id, amount / $2, reason, 'FAILED', now() - interval '1 hour'
       FROM whole, generate_series(1, $2) RETURNING id`,
    [old.payment.id, parts],
  );
  for (const { id: refundId } of failed) {
    stripe.order({ intent: old.intent, refundId, amount: FEE / parts, status: "failed" });
  }
  const refundId = await refundIdOf(fresh.payment.id);
  await carryOutRefund(refundId);
  await age("refunds", refundId);

  await reconcilePayments();

  expect(await stateOf(fresh.booking.id)).toMatchObject(ALL_BACK);
}, 60_000);
