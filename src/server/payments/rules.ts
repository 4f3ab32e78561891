import type { ChargeState, PaymentEvent } from "./provider";

type Known = { id: string; status: string; providerRef: string | null };

/**
 * Turns refunds by hand at the gateway into events, for those that are not recorded here yet. A webhook
 * and reconciliation give the same refund the same event id, so that it is applied once.
 */
export function refundsByHand(
  { byHand, currency }: Pick<ChargeState, "byHand" | "currency">,
  known: Known[],
): Array<Omit<PaymentEvent, "paymentId">> {
  return byHand.flatMap(
    ({ refundId, amount, hasFailed }): Array<Omit<PaymentEvent, "paymentId">> => {
      const recorded = known.find(({ providerRef }) => providerRef === refundId);
      const eventId = `refund:${refundId}`;
      if (!recorded && !hasFailed) {
        return [{ eventId, type: "refund.succeeded", refundId, amount, currency }];
      }
      if (recorded?.status !== "SUCCEEDED" || !hasFailed) return [];
      const ours = recorded.id;
      return [
        { eventId: `${eventId}:failed`, type: "refund.failed", refundId: ours, amount, currency },
      ];
    },
  );
}
