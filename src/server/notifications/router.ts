import { publicProcedure, router } from "../trpc/procedures";
import { readMailbox } from "./queries";
import { mailbox, mailboxInput } from "./schema";

/** The demo's mailbox. Only programs on this machine may read it. */
export const mailboxRouter = router({
  latest: publicProcedure("readsPerAddress")
    .input(mailboxInput)
    .output(mailbox)
    .query(({ ctx, input }) => readMailbox(ctx.isLocal, input?.to)),
});
