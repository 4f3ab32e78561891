import type { Mutation } from "./mutation";

const APPLY = "src/server/payments/commands/apply.ts";
const RECONCILE = "src/server/payments/commands/reconcile.ts";
const BOOKINGS_RULES = "src/server/bookings/rules.ts";
const SETTLE_REFUND = "src/server/payments/commands/settle-refund.ts";

/** Guards of payments, refunds and reconciliation. */
export const PAYMENT_MUTATIONS: Mutation[] = [
  {
    defect: "a repeated webhook event is applied again",
    file: APPLY,
    find: `    if (count === 0) return;
    // The booking's row`,
    replace: "    // The booking's row",
    tests: ["double-booking-guards", "webhook"],
  },
  {
    defect: "a repeated webhook event is an error",
    file: APPLY,
    find: `      data: [{ provider, eventId, type, outcome: "IGNORED" }],
      skipDuplicates: true,`,
    replace: '      data: [{ provider, eventId, type, outcome: "IGNORED" }],',
    tests: ["double-booking-guards", "webhook"],
  },
  {
    defect: "a payment of any amount confirms the booking",
    file: APPLY,
    find: "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
    replace: "if (event.currency !== payment.currency) {",
    tests: ["webhook"],
  },
  {
    defect: "a payment in any currency confirms the booking",
    file: APPLY,
    find: "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
    replace: "if (event.amount !== payment.amount) {",
    tests: ["webhook"],
  },
  {
    defect: "reconcile keeps asking for a checkout that nobody can pay any more",
    file: RECONCILE,
    find: "p.captured_at IS NULL AND p.checkout_closed_at IS NULL",
    replace: "p.captured_at IS NULL",
    tests: ["reconcile-batches"],
  },
  {
    defect: "a checkout that the app closed is not marked as closed",
    file: "src/server/payments/checkout.ts",
    find: "    data: { checkoutClosedAt: clock.now() },",
    replace: "    data: { checkoutClosedAt: clock && null },",
    tests: ["reconcile-batches"],
  },
  {
    defect: "a checkout that ended is not marked as closed",
    file: APPLY,
    find: "        data: { checkoutClosedAt: clock.now() },",
    replace: "        data: { checkoutClosedAt: null },",
    tests: ["reconcile-batches"],
  },
  {
    defect: "a failed attempt to pay counts as the final one",
    file: APPLY,
    find: "if (event.isFinal) {",
    replace: "if (event) {",
    tests: ["webhook"],
  },
  {
    defect: "a payment that a bank still processes counts as unpaid",
    file: "src/server/payments/stripe.ts",
    find: 'return status === "open" || status === "expired";',
    replace: "return status !== null;",
    tests: ["reconcile-batches"],
  },
  {
    defect: "a payment whose other checkout was paid stays marked as closed",
    file: "src/server/payments/stripe-events.ts",
    find: "providerRef: sessionId, checkoutClosedAt: null }",
    replace: "providerRef: sessionId }",
    tests: ["reconcile-batches"],
  },
  {
    defect: "reconcile takes failed refunds before waiting refunds",
    file: RECONCILE,
    find: "ORDER BY r.status = 'FAILED', r.created_at",
    replace: "ORDER BY r.created_at",
    tests: ["reconcile-batches"],
  },
  {
    defect: "a patient pays a cancellation fee although the doctor is late",
    file: BOOKINGS_RULES,
    find: "isPatient && !doctorIsLate(terms)",
    replace: "isPatient",
    tests: ["cancel-after-start"],
  },
  {
    defect: "a refund that was made by hand at the gateway is ignored",
    file: SETTLE_REFUND,
    find: "if (fits && !named && payment.captured &&",
    replace: "if (fits && named && payment.captured &&",
    tests: ["gateway-refunds"],
  },
  {
    defect: "a cancellation refunds again what was refunded by hand",
    file: BOOKINGS_RULES,
    find: "Math.ceil((price * percent) / 100), price - gone)",
    replace: "Math.ceil((price * percent) / 100), price - 0 * gone)",
    tests: ["gateway-refunds"],
  },
  {
    defect: "the app's own refund counts as made by hand when the gateway reports it again",
    file: SETTLE_REFUND,
    find: 'if (named?.status === "SUCCEEDED") return "IGNORED";',
    replace: "",
    tests: ["gateway-refunds", "stripe-dashboard-refunds"],
  },
  {
    defect: "a waiting refund is not reduced by what was refunded by hand",
    file: SETTLE_REFUND,
    find: "data: { amount: { decrement: excess } }",
    replace: "data: { amount: { decrement: 0 * excess } }",
    tests: ["gateway-refunds"],
  },
  {
    defect: "a cancellation stays free for ever after paying",
    file: BOOKINGS_RULES,
    find: "tier.minutesAfterPaying * MINUTE",
    replace: "tier.minutesAfterPaying * HOUR * 24",
    tests: ["unit/rules"],
  },
  {
    defect: "every sweep retries a failed refund, even if the retry is not due",
    file: RECONCILE,
    find: "  if (!is_due) return false;\n",
    replace: "  if (is_due === null) return false;\n",
    tests: ["integration/jobs/sweeps-stripe"],
  },
];
