import { inFile } from "./mutation";

const APPLY = "src/server/payments/commands/apply.ts";
const RECONCILE = "src/server/payments/commands/reconcile.ts";
const BOOKINGS_RULES = "src/server/bookings/rules.ts";
const SETTLE_REFUND = "src/server/payments/commands/settle-refund.ts";

/** Guards of payments, refunds and reconciliation. */
export const PAYMENT_MUTATIONS = [
  ...inFile(APPLY, "double-booking-guards webhook", {
    "a repeated webhook event is applied again": [
      `    if (count === 0) return;
    // Every transaction`,
      "    // Every transaction",
    ],
    "a repeated webhook event is an error": [
      `      data: [{ provider, eventId, type, outcome: "IGNORED" }],
      skipDuplicates: true,`,
      '      data: [{ provider, eventId, type, outcome: "IGNORED" }],',
    ],
  }),
  ...inFile(APPLY, "webhook", {
    "a payment of any amount confirms the booking": [
      "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
      "if (event.currency !== payment.currency) {",
    ],
    "a payment in any currency confirms the booking": [
      "if (event.amount !== payment.amount || event.currency !== payment.currency) {",
      "if (event.amount !== payment.amount) {",
    ],
    "a failed attempt to pay counts as the final one": ["if (event.isFinal) {", "if (event) {"],
  }),
  ...inFile(RECONCILE, "reconcile-batches", {
    "reconcile keeps asking for a checkout that nobody can pay any more": [
      "p.captured_at IS NULL AND p.checkout_closed_at IS NULL",
      "p.captured_at IS NULL",
    ],
    "reconcile takes failed refunds before waiting refunds": [
      "ORDER BY r.status = 'FAILED', r.created_at",
      "ORDER BY r.created_at",
    ],
  }),
  ...inFile("src/server/payments/commands/checkout.ts", "reconcile-batches", {
    "a checkout that the app closed is not marked as closed": [
      "    data: { checkoutClosedAt: clock.now() },",
      "    data: { checkoutClosedAt: clock && null },",
    ],
  }),
  ...inFile(APPLY, "reconcile-batches", {
    "a checkout that ended is not marked as closed": [
      "        data: { checkoutClosedAt: clock.now() },",
      "        data: { checkoutClosedAt: null },",
    ],
  }),
  ...inFile("src/server/payments/stripe.ts", "reconcile-batches", {
    "a payment that a bank still processes counts as unpaid": [
      'return status === "open" || status === "expired";',
      "return status !== null;",
    ],
  }),
  ...inFile("src/server/payments/commands/replace-checkout.ts", "reconcile-batches", {
    "a payment whose other checkout was paid stays marked as closed": [
      "data: { providerRef, checkoutClosedAt: null }",
      "data: { providerRef }",
    ],
  }),
  ...inFile(BOOKINGS_RULES, "cancel-after-start", {
    "a patient pays a cancellation fee although the doctor is late": [
      "isPatient && !doctorIsLate(terms)",
      "isPatient",
    ],
  }),
  ...inFile(SETTLE_REFUND, "gateway-refunds", {
    "a refund that was made by hand at the gateway is ignored": [
      "if (fits && !named && payment.captured &&",
      "if (fits && named && payment.captured &&",
    ],
  }),
  ...inFile(BOOKINGS_RULES, "gateway-refunds", {
    "a cancellation refunds again what was refunded by hand": [
      "Math.ceil((price * percent) / 100), price - gone)",
      "Math.ceil((price * percent) / 100), price - 0 * gone)",
    ],
  }),
  ...inFile(SETTLE_REFUND, "cancellation-refunds", {
    "a waiting refund is not reduced by what was refunded by hand": [
      "data: { amount: { decrement: excess } }",
      "data: { amount: { decrement: 0 * excess } }",
    ],
  }),
  ...inFile(SETTLE_REFUND, "cancellation-refunds stripe-dashboard-refunds", {
    "the app's own refund counts as made by hand when the gateway reports it again": [
      'if (named?.status === "SUCCEEDED") return "IGNORED";',
      "",
    ],
  }),
  ...inFile(BOOKINGS_RULES, "unit/booking-rules", {
    "a cancellation stays free for ever after paying": [
      "tier.minutesAfterPaying * MINUTE",
      "tier.minutesAfterPaying * HOUR * 24",
    ],
  }),
  ...inFile(RECONCILE, "integration/jobs/sweeps-stripe", {
    "every sweep retries a failed refund, even if the retry is not due": [
      "  if (!is_due) return false;\n",
      "  if (is_due === null) return false;\n",
    ],
  }),
];
