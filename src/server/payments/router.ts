import { publicProcedure, router } from "../trpc/procedures";
import { decide, getCheckout } from "./sandbox";
import { checkout, checkoutInput, decideInput, decision } from "./schema";

/** The sandbox gateway's hosted page. Like a real one it knows the payment, not the patient. */
export const sandboxRouter = router({
  checkout: publicProcedure
    .input(checkoutInput)
    .output(checkout)
    .query(({ input }) => getCheckout(input.paymentId)),
  decide: publicProcedure
    .input(decideInput)
    .output(decision)
    .mutation(async ({ input }) => ({
      bookingId: await decide(input.paymentId, input.outcome),
    })),
});
