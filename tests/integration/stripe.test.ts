import "../support/stripe-env";
import { afterEach, describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { db } from "@/server/platform/db";
import { makeHold, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, letHoldRunOut, sql } from "../support/database";
import { FEE, makePatient } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { raceOf, valuesOf } from "../support/race";
import {
  ALL_BACK,
  checkout,
  deliver,
  makeCheckout,
  makePaid,
  PAID,
  refundIdOf,
  UNPAID,
} from "../support/stripe";
import { stripe } from "../support/stripe-env";

afterEach(expectInvariants);

describe("the redirect to Stripe's checkout", () => {
  test("contains the price and the payment's id, and nothing about the patient", async () => {
    const { patient, payment, booking } = await makeHold();

    const answer = await checkout(payment.id, patient);

    const session = stripe.sessionOf(payment.id);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(session.url);
    expect(session).toMatchObject({
      amount_total: FEE,
      currency: "inr",
      client_reference_id: payment.id,
    });
    expect(session.metadata).toEqual({ paymentId: payment.id });
    expect(session.success_url).toMatch(new RegExp(`/bookings/${booking.id}\\?from=checkout$`));
    const stored = await sql("SELECT provider_ref FROM payments WHERE id = $1", [payment.id]);
    expect(stored).toEqual([{ provider_ref: session.id }]);
  });

  test.each([
    ["recognises the idempotency key", true, 1],
    ["no longer has the idempotency key", false, 2],
  ])(
    "leads eleven requests to one checkout if Stripe %s",
    async (_what, knowsKeys, leastSessions) => {
      const { patient, payment } = await makeHold();
      stripe.knowsKeys = knowsKeys;
      // Opens the connections first, or the requests would run one after another.
      await raceOf(10, () => db.$queryRaw`SELECT 1`);

      const answers = valuesOf(await raceOf(10, () => checkout(payment.id, patient)));
      answers.push(await checkout(payment.id, patient));

      const own = [...stripe.sessions.values()].filter(
        ({ metadata }) => metadata.paymentId === payment.id,
      );
      const [stored] = await sql<{ provider_ref: string }>(
        "SELECT provider_ref FROM payments WHERE id = $1",
        [payment.id],
      );
      const url = stripe.sessions.get(stored?.provider_ref ?? "")?.url;
      expect(new Set(answers.map(({ headers }) => headers.get("location")))).toEqual(
        new Set([url]),
      );
      if (knowsKeys) expect(own).toHaveLength(leastSessions);
      else expect(own.length).toBeGreaterThanOrEqual(leastSessions);
    },
  );

  test("is 404 for others, asks for a sign-in, and leads to the booking once the hold has expired", async () => {
    const { payment, booking, patient } = await makeHold();

    expect((await checkout(payment.id, await makePatient())).status).toBe(404);
    expect((await checkout("nonsense", patient)).status).toBe(404);
    expect((await checkout(payment.id, null)).headers.get("location")).toMatch(/^\/sign-in\?next=/);
    await letHoldRunOut(booking.id);
    const late = await checkout(payment.id, patient);
    expect(late.headers.get("location")).toBe(`/bookings/${booking.id}`);
    await expireHolds({ bookingId: booking.id });
    expect(() => stripe.sessionOf(payment.id)).toThrow();
  });

  test.each([
    ["answers 500", 500],
    ["closes the connection", "hang up"],
  ] as const)("answers 503 when Stripe %s, and works at the next try", async (_what, failure) => {
    const { patient, payment } = await makeHold();
    stripe.failure = failure;

    const answer = await checkout(payment.id, patient);

    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(await answer.text()).toContain("You have not been charged");
    stripe.failure = null;
    expect((await checkout(payment.id, patient)).status).toBe(303);
  });
});

describe("while Stripe cannot be reached", () => {
  test("a webhook is answered with 503, and reconciliation later confirms the booking", async () => {
    const { session, booking, payment } = await makeCheckout();
    stripe.pay(session);
    const event = stripe.event("checkout.session.completed", session);
    stripe.failure = "hang up";
    expect((await deliver(event)).status).toBe(503);
    await age("payments", payment.id);
    await reconcilePayments();
    expect(await stateOf(booking.id)).toMatchObject(UNPAID);
    stripe.failure = null;

    await reconcilePayments();

    expect(await stateOf(booking.id)).toMatchObject(PAID);
    await deliver(event);
    expect(await stateOf(booking.id)).toMatchObject(PAID);
  });
});

describe("refunds", () => {
  test("are ordered once and settled once, even if jobs and events are repeated", async () => {
    const { booking, patient, payment, intent } = await makePaid();
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    const refundId = await refundIdOf(payment.id);

    await raceOf(5, () => carryOutRefund(refundId));
    stripe.knowsKeys = false;
    await carryOutRefund(refundId);

    const own = stripe.refunds.filter(({ metadata }) => metadata.refundId === refundId);
    expect(own).toHaveLength(1);
    expect(await stateOf(booking.id)).toMatchObject({ payment: "REFUND_PENDING" });
    const charge = { id: "ch_1", object: "charge", metadata: intent.metadata };
    await deliver(stripe.event("charge.refunded", charge));
    await deliver(stripe.event("refund.updated", own[0] ?? {}));
    expect(await stateOf(booking.id)).toMatchObject({
      booking: "CANCELLED",
      payment: "REFUNDED",
      refund: `SUCCEEDED ${FEE}`,
    });
  });

  test("that are pending at Stripe are not settled by an event that says they succeeded", async () => {
    const { booking, patient, payment } = await makePaid();
    stripe.refundStatus = "pending";
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    const refundId = await refundIdOf(payment.id);
    await carryOutRefund(refundId);
    const [refund] = stripe.refunds.slice(-1);

    await deliver(stripe.event("refund.updated", { ...refund, status: "succeeded" }));
    expect(await stateOf(booking.id)).toMatchObject({ refund: `PENDING ${FEE}` });
    if (refund) refund.status = "succeeded";
    await age("refunds", refundId);
    await reconcilePayments();

    expect(await stateOf(booking.id)).toMatchObject(ALL_BACK);
  });

  test("that failed are retried with a new idempotency key", async () => {
    const { booking, patient, payment } = await makePaid();
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    const refundId = await refundIdOf(payment.id);
    stripe.refundStatus = "failed";
    await carryOutRefund(refundId);
    stripe.refundStatus = "succeeded";

    await carryOutRefund(refundId);

    const own = stripe.refunds.filter(({ metadata }) => metadata.refundId === refundId);
    expect(own.map(({ status }) => status)).toEqual(["failed", "succeeded"]);
    await deliver(stripe.event("refund.updated", own[1] ?? {}));
    expect(await stateOf(booking.id)).toMatchObject(ALL_BACK);
  });
});
