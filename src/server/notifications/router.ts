import { publicProcedure, router } from "../trpc/procedures";
import { readMailbox } from "./queries";
import { mailbox } from "./schema";

/** The demo's mailbox. Whoever sits at this machine may read it, and nobody else is answered. */
export const mailboxRouter = router({
  latest: publicProcedure("readsPerAddress")
    .output(mailbox)
    .query(() => readMailbox()),
});
