import "../support/stripe-env";
import { afterEach, describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { stateOf } from "../support/bookings";
import { letHoldRunOut, rowCounts } from "../support/database";
import { FEE } from "../support/factories";
import type { Session } from "../support/fake-stripe-shapes";
import { expectInvariants } from "../support/invariants";
import { raceOf } from "../support/race";
import {
  ALL_BACK,
  deliver,
  makeCheckout,
  outcomeOf,
  PAID,
  refundIdOf,
  UNPAID,
} from "../support/stripe";
import { stripe } from "../support/stripe-env";

afterEach(expectInvariants);

describe("a webhook from Stripe", () => {
  test("confirms a paid booking once, however often and in whatever order the events arrive", async () => {
    const { session, booking } = await makeCheckout();
    const expired = stripe.event("checkout.session.expired", session);
    stripe.pay(session);
    const completed = stripe.event("checkout.session.completed", session);
    const later = stripe.event("checkout.session.async_payment_succeeded", session);

    // The app asks Stripe at each event: "expired" arrives first, but Stripe's state is "paid".
    expect(await deliver(expired)).toMatchObject({ status: 200, body: { received: true } });
    expect(await stateOf(booking.id)).toMatchObject(PAID);
    await raceOf(20, () => deliver(completed));
    await deliver(later);

    expect(await stateOf(booking.id)).toMatchObject(PAID);
    expect(await outcomeOf(expired.id)).toBe("APPLIED");
    expect(await outcomeOf(completed.id)).toBe("IGNORED");
  });

  test("that reports a payment changes nothing if Stripe's own state is unpaid", async () => {
    const { session, booking } = await makeCheckout();

    expect(
      (
        await deliver(
          stripe.event("checkout.session.completed", { ...session, payment_status: "paid" }),
        )
      ).status,
    ).toBe(200);

    expect(await stateOf(booking.id)).toMatchObject(UNPAID);
  });

  test.each([
    ["an expired checkout", "checkout.session.expired", (s: Session) => stripe.expire(s)],
    [
      "a failed bank payment",
      "checkout.session.async_payment_failed",
      (s: Session) => void stripe.attempt(s, "requires_payment_method"),
    ],
  ])("about %s cancels the booking and frees the slot", async (_what, type, happen) => {
    const { session, booking } = await makeCheckout();
    happen(session);

    await deliver(stripe.event(type, session));

    expect(await stateOf(booking.id)).toMatchObject({
      booking: "CANCELLED",
      slot: "AVAILABLE",
      payment: "FAILED",
    });
  });

  test("about the end of a checkout that was never shown cancels nothing", async () => {
    const { session, booking, payment } = await makeCheckout();
    const orphan = { ...session, id: "cs_test_orphan" };
    stripe.sessions.set(orphan.id, orphan);
    stripe.expire(orphan);

    await deliver(stripe.event("checkout.session.expired", orphan));

    expect(await stateOf(booking.id)).toMatchObject(UNPAID);
    expect(payment.id).toBe(session.client_reference_id);
  });

  test.each([
    ["a lower amount", { amount: FEE - 1 }],
    ["another currency", { currency: "usd" }],
  ])("about a payment of %s is recorded and does not confirm the booking", async (_what, paid) => {
    const { session, booking } = await makeCheckout();
    stripe.pay(session, paid);
    const event = stripe.event("checkout.session.completed", session);

    expect((await deliver(event)).status).toBe(200);

    expect(await outcomeOf(event.id)).toBe("MISMATCH");
    expect(await stateOf(booking.id)).toMatchObject(UNPAID);
  });

  test("that is forged, old, unsigned or of another shop writes nothing", async () => {
    const { session } = await makeCheckout();
    stripe.pay(session);
    const { raw } = stripe.event("checkout.session.completed", session);
    const before = await rowCounts();
    const asked = stripe.requests.length;

    const refused = [
      stripe.sign(raw, 0, "whsec_other"),
      stripe.sign(raw, 301),
      stripe.sign(`${raw} `),
      "t=1,v1=0",
      "",
    ];
    for (const signature of refused) expect((await deliver({ raw, signature })).status).toBe(400);
    expect(stripe.requests).toHaveLength(asked);
    const foreign = { ...session, id: "cs_test_other_shop", metadata: {} };
    stripe.sessions.set(foreign.id, foreign);
    expect((await deliver(stripe.event("checkout.session.completed", foreign))).status).toBe(200);
    expect((await deliver(stripe.event("customer.created", { id: "cus_1" }))).status).toBe(200);
    expect(await rowCounts()).toEqual(before);
  });

  test("about a payment after the hold expired starts a full refund", async () => {
    const { session, booking, payment } = await makeCheckout();
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    stripe.pay(session);

    await deliver(stripe.event("checkout.session.completed", session));

    expect(await stateOf(booking.id)).toMatchObject({
      booking: "EXPIRED",
      payment: "REFUND_PENDING",
      refund: `PENDING ${FEE}`,
    });
    await carryOutRefund(await refundIdOf(payment.id));
    const [refund] = stripe.refunds.slice(-1);
    await deliver(stripe.event("refund.updated", refund ?? {}));
    expect(await stateOf(booking.id)).toMatchObject(ALL_BACK);
  });
});
