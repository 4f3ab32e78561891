import type { Mutation } from "./list";

const RECONCILE = "src/server/payments/commands/reconcile.ts";

/** Guards of what reconciliation finds, however much else stands open. */
export const MONEY_MUTATIONS: Mutation[] = [
  {
    says: "a page that nobody can pay on is asked for all day",
    file: RECONCILE,
    find: "p.captured_at IS NULL AND p.checkout_closed_at IS NULL",
    replace: "p.captured_at IS NULL",
    tests: ["reconcile-batches"],
  },
  {
    says: "a page that was closed is not remembered",
    file: "src/server/payments/checkout.ts",
    find: "    data: { checkoutClosedAt: clock.now() },",
    replace: "    data: { checkoutClosedAt: clock && null },",
    tests: ["reconcile-batches"],
  },
  {
    says: "a page that ended is not remembered",
    file: "src/server/payments/commands/apply.ts",
    find: "        data: { checkoutClosedAt: clock.now() },",
    replace: "        data: { checkoutClosedAt: null },",
    tests: ["reconcile-batches"],
  },
  {
    says: "a try that failed is taken for the last one",
    file: "src/server/payments/commands/apply.ts",
    find: "if (event.isFinal) {",
    replace: "if (event) {",
    tests: ["webhook"],
  },
  {
    says: "money under way at a bank counts as none",
    file: "src/server/payments/stripe.ts",
    find: 'return status === "open" || status === "expired";',
    replace: "return status !== null;",
    tests: ["reconcile-batches"],
  },
  {
    says: "another page that was paid stays closed",
    file: "src/server/payments/stripe-events.ts",
    find: "providerRef: sessionId, checkoutClosedAt: null }",
    replace: "providerRef: sessionId }",
    tests: ["reconcile-batches"],
  },
  {
    says: "refunds that failed stand before those that wait",
    file: RECONCILE,
    find: "ORDER BY r.status = 'FAILED', r.created_at",
    replace: "ORDER BY r.created_at",
    tests: ["reconcile-batches"],
  },
  {
    says: "a patient pays for a doctor who is late",
    file: "src/server/bookings/rules.ts",
    find: "isPatient && !doctorIsLate(terms)",
    replace: "isPatient",
    tests: ["cancel-after-start"],
  },
  {
    says: "a refund by hand at the gateway is ignored",
    file: "src/server/payments/commands/settle-refund.ts",
    find: "if (fits && !named && payment.captured &&",
    replace: "if (fits && named && payment.captured &&",
    tests: ["gateway-refunds"],
  },
  {
    says: "a cancellation gives back what went back by hand",
    file: "src/server/bookings/rules.ts",
    find: "Math.ceil((price * percent) / 100), price - gone)",
    replace: "Math.ceil((price * percent) / 100), price - 0 * gone)",
    tests: ["gateway-refunds"],
  },
  {
    says: "our own refund counts as one by hand when the gateway repeats it",
    file: "src/server/payments/commands/settle-refund.ts",
    find: 'if (named?.status === "SUCCEEDED") return "IGNORED";',
    replace: "",
    tests: ["gateway-refunds", "stripe-dashboard-refunds"],
  },
  {
    says: "what waits stays whole though the gateway gave it back by hand",
    file: "src/server/payments/commands/settle-refund.ts",
    find: "data: { amount: { decrement: excess } }",
    replace: "data: { amount: { decrement: 0 * excess } }",
    tests: ["gateway-refunds"],
  },
  {
    says: "a cancellation is free for ever after paying",
    file: "src/server/bookings/rules.ts",
    find: "tier.minutesAfterPaying * MINUTE",
    replace: "tier.minutesAfterPaying * HOUR * 24",
    tests: ["rules"],
  },
];
