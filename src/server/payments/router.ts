import { booking, cancelInput } from "../bookings/schema";
import { mfaVerifiedWrite, patient, publicProcedure, rest, router } from "../trpc/procedures";
import { cancelWithRefund } from "./commands/cancel";
import { viewReceipt } from "./commands/receipts";
import { decide } from "./commands/sandbox";
import { getCheckout, listPayments } from "./queries";
import {
  checkout,
  checkoutInput,
  decideInput,
  decision,
  listPaymentsInput,
  receipt,
  receiptInput,
  receiptPage,
} from "./schema";

/** The sandbox's checkout page. Like a real gateway's page, it identifies the payment and not the patient. */
export const sandboxRouter = router({
  checkout: publicProcedure("readsPerAddress")
    .input(checkoutInput)
    .output(checkout)
    .query(({ input }) => getCheckout(input.paymentId)),
  decide: publicProcedure("paymentsPerAddress")
    .input(decideInput)
    .output(decision)
    .mutation(({ input }) => decide(input.paymentId, input.outcome)),
});

export const paymentsRouter = router({
  list: patient
    .meta(rest("GET", "/payments", "Bookings", "My payments"))
    .input(listPaymentsInput)
    .output(receiptPage)
    .query(({ ctx, input }) => listPayments(ctx.patientId, input)),
  receipt: patient
    .meta(rest("GET", "/payments/{paymentId}", "Bookings", "One payment's receipt"))
    .input(receiptInput)
    .output(receipt)
    .query(({ ctx, input }) => viewReceipt(ctx.patientId, input.paymentId)),
});

/** The procedures of `bookings` that move money. The root router merges them into the bookings' own. */
export const paidBookingsRouter = router({
  cancel: mfaVerifiedWrite
    .meta(
      rest("POST", "/bookings/{bookingId}/cancel", "Bookings", "Cancel, with what is owed back"),
    )
    .input(cancelInput)
    .output(booking)
    .mutation(({ ctx, input }) => {
      const { bookingId, ...options } = input;
      return ctx.write(input, (tx) =>
        cancelWithRefund(tx, ctx.actor, ctx.bookingScope, bookingId, {
          by: ctx.actor.role,
          ...options,
        }),
      );
    }),
});
