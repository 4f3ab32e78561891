import { afterEach, describe, expect, test } from "vitest";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { makeConfirmed } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, sql } from "../support/database";
import { FEE } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { race } from "../support/race";
import { moneyOf, refundAtGateway } from "../support/refunds";

afterEach(expectInvariants);

describe("the refund of a cancellation", () => {
  /** Cancels a booking whose policy refunds half of the fee. */
  async function cancelForHalf() {
    const made = await makeConfirmed();
    await sql(
      `UPDATE bookings SET cancellation_policy = '[{"hoursBefore": 0, "refundPercent": 50}]'
        WHERE id = $1`,
      [made.booking.id],
    );
    await callerAs(made.patient).bookings.cancel({ bookingId: made.booking.id });
    const [refund] = await sql<{ id: string }>("SELECT id FROM refunds WHERE payment_id = $1", [
      made.payment.id,
    ]);
    return { ...made, refundId: refund?.id ?? "" };
  }
  const ONCE = {
    status: "PARTIALLY_REFUNDED",
    refunded: FEE / 2,
    refunds: [`cancelled SUCCEEDED ${FEE / 2}`],
  };

  test("is not counted as a refund at the gateway, however often events report it", async () => {
    const { payment, refundId } = await cancelForHalf();
    const named = { amount: FEE / 2, refundId };

    await carryOutRefund(refundId);
    await age("refunds", refundId);
    await reconcilePayments();
    await refundAtGateway(payment, FEE / 2, named);
    await refundAtGateway(payment, FEE / 2, named);

    expect(await moneyOf(payment.id)).toEqual(ONCE);
  });

  test("stays pending if the clinic refunds another amount at the gateway", async () => {
    const { payment, refundId } = await cancelForHalf();

    await refundAtGateway(payment, 10_000);

    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUND_PENDING",
      refunded: FEE / 2 + 10_000,
      refunds: [`cancelled PENDING ${FEE / 2}`, "gateway SUCCEEDED 10000"],
    });
    await refundAtGateway(payment, FEE / 2, { refundId });
    expect(await moneyOf(payment.id)).toMatchObject({ status: "PARTIALLY_REFUNDED" });
  });

  test("is reduced by what a refund at the gateway has already returned of it", async () => {
    const { payment } = await cancelForHalf();

    await refundAtGateway(payment, 30_000, { refundId: "gateway_1" });
    await refundAtGateway(payment, 30_000, { refundId: "gateway_1" });

    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUND_PENDING",
      refunded: FEE,
      refunds: ["cancelled PENDING 20000", "gateway SUCCEEDED 30000"],
    });
  });

  test("succeeds if the clinic refunds the whole payment at the gateway", async () => {
    const { payment } = await cancelForHalf();

    await refundAtGateway(payment, FEE, { refundId: "gateway_2" });

    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUNDED",
      refunded: FEE,
      refunds: [`cancelled SUCCEEDED ${FEE / 2}`, `gateway SUCCEEDED ${FEE / 2}`],
    });
  });
});

test("a refund at the gateway and a cancellation at the same time never refund more than was paid", async () => {
  for (let round = 0; round < 24; round++) {
    const { booking, payment, patient } = await makeConfirmed();
    const amount = [10_000, FEE][round % 2] ?? 0;
    const named = round % 4 < 2 ? {} : { refundId: `gateway_${payment.id}` };
    const event = gatewayEvent("refund.succeeded", payment, { amount, ...named });
    const [, cancelled] = await race<unknown>([
      () => deliver(event),
      () => callerAs(patient).bookings.cancel({ bookingId: booking.id }),
    ]);
    expect(cancelled?.ok).toBe(true);
    const money = await moneyOf(payment.id);
    expect(money?.refunded).toBe(FEE);
    // The patient cancelled in time: the whole fee is refunded or pending, whichever came first.
    expect(["REFUND_PENDING", "REFUNDED"]).toContain(money?.status);
  }
}, 120_000);
