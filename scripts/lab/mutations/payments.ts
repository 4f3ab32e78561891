import { inFile } from "./mutation";

const APPLY = "src/server/payments/commands/apply.ts";
const RECONCILE = "src/server/payments/commands/reconcile.ts";
const BOOKINGS_RULES = "src/server/bookings/rules.ts";
const SETTLE_REFUND = "src/server/payments/commands/settle-refund.ts";

/** Guards of payments, refunds and reconciliation. */
export const PAYMENT_MUTATIONS = [
  ...inFile(APPLY, "double-booking-guards webhook", [
    {
      defect: "a repeated webhook event is applied again",
      find: `    if (count === 0) return;
    // Every transaction`,
      replace: "    // Every transaction",
    },
    {
      defect: "a repeated webhook event is an error",
      find: `      data: [{ provider, eventId, type, outcome: "IGNORED" }],
      skipDuplicates: true,`,
      replace: '      data: [{ provider, eventId, type, outcome: "IGNORED" }],',
    },
  ]),
  ...inFile(APPLY, "webhook", [
    {
      defect: "a payment of any amount confirms the booking",
      find: "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
      replace: "if (event.currency !== payment.currency) {",
    },
    {
      defect: "a payment in any currency confirms the booking",
      find: "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
      replace: "if (event.amount !== payment.amount) {",
    },
    {
      defect: "a failed attempt to pay counts as the final one",
      find: "if (event.isFinal) {",
      replace: "if (event) {",
    },
  ]),
  ...inFile(RECONCILE, "reconcile-batches", [
    {
      defect: "reconcile keeps asking for a checkout that nobody can pay any more",
      find: "p.captured_at IS NULL AND p.checkout_closed_at IS NULL",
      replace: "p.captured_at IS NULL",
    },
    {
      defect: "reconcile takes failed refunds before waiting refunds",
      find: "ORDER BY r.status = 'FAILED', r.created_at",
      replace: "ORDER BY r.created_at",
    },
  ]),
  ...inFile("src/server/payments/commands/checkout.ts", "reconcile-batches", [
    {
      defect: "a checkout that the app closed is not marked as closed",
      find: "    data: { checkoutClosedAt: clock.now() },",
      replace: "    data: { checkoutClosedAt: clock && null },",
    },
  ]),
  ...inFile(APPLY, "reconcile-batches", [
    {
      defect: "a checkout that ended is not marked as closed",
      find: "        data: { checkoutClosedAt: clock.now() },",
      replace: "        data: { checkoutClosedAt: null },",
    },
  ]),
  ...inFile("src/server/payments/stripe.ts", "reconcile-batches", [
    {
      defect: "a payment that a bank still processes counts as unpaid",
      find: 'return status === "open" || status === "expired";',
      replace: "return status !== null;",
    },
  ]),
  ...inFile("src/server/payments/commands/replace-checkout.ts", "reconcile-batches", [
    {
      defect: "a payment whose other checkout was paid stays marked as closed",
      find: "data: { providerRef, checkoutClosedAt: null }",
      replace: "data: { providerRef }",
    },
  ]),
  ...inFile(BOOKINGS_RULES, "cancel-after-start", [
    {
      defect: "a patient pays a cancellation fee although the doctor is late",
      find: "isPatient && !doctorIsLate(terms)",
      replace: "isPatient",
    },
  ]),
  ...inFile(SETTLE_REFUND, "gateway-refunds", [
    {
      defect: "a refund that was made by hand at the gateway is ignored",
      find: "if (fits && !named && payment.captured &&",
      replace: "if (fits && named && payment.captured &&",
    },
  ]),
  ...inFile(BOOKINGS_RULES, "gateway-refunds", [
    {
      defect: "a cancellation refunds again what was refunded by hand",
      find: "Math.ceil((price * percent) / 100), price - gone)",
      replace: "Math.ceil((price * percent) / 100), price - 0 * gone)",
    },
  ]),
  ...inFile(SETTLE_REFUND, "cancellation-refunds", [
    {
      defect: "a waiting refund is not reduced by what was refunded by hand",
      find: "data: { amount: { decrement: excess } }",
      replace: "data: { amount: { decrement: 0 * excess } }",
    },
  ]),
  ...inFile(SETTLE_REFUND, "cancellation-refunds stripe-dashboard-refunds", [
    {
      defect: "the app's own refund counts as made by hand when the gateway reports it again",
      find: 'if (named?.status === "SUCCEEDED") return "IGNORED";',
      replace: "",
    },
  ]),
  ...inFile(BOOKINGS_RULES, "unit/booking-rules", [
    {
      defect: "a cancellation stays free for ever after paying",
      find: "tier.minutesAfterPaying * MINUTE",
      replace: "tier.minutesAfterPaying * HOUR * 24",
    },
  ]),
  ...inFile(RECONCILE, "integration/jobs/sweeps-stripe", [
    {
      defect: "every sweep retries a failed refund, even if the retry is not due",
      find: "  if (!is_due) return false;\n",
      replace: "  if (is_due === null) return false;\n",
    },
  ]),
];
