import { limit } from "../platform/rate-limit";
import { ok } from "../platform/schema";
import { inTransaction } from "../platform/transaction";
import { publicProcedure, rest, router, signedIn, signedInWrite } from "../trpc/procedures";
import { checkPassword, register, updateMe } from "./commands";
import { getMe } from "./queries";
import {
  loginInput,
  me,
  refreshInput,
  registerInput,
  registerOutput,
  tokens,
  updateMeInput,
} from "./schema";
import { endSession, refreshSession, startApiSession } from "./session";

export const authRouter = router({
  register: publicProcedure
    .meta(rest("POST", "/auth/register", "Accounts", "Make a patient's account", "open"))
    .input(registerInput)
    .output(registerOutput)
    .mutation(async ({ ctx, input }) => {
      await limit("signUpPerAddress", ctx.address);
      await register(input, ctx.requestId);
      return { status: "accepted" as const };
    }),
  login: publicProcedure
    .meta(
      rest("POST", "/auth/login", "Accounts", "Trade an address and a password for tokens", "open"),
    )
    .input(loginInput)
    .output(tokens)
    .mutation(async ({ ctx, input }) => {
      await limit("signInPerAddress", ctx.address);
      await limit("signInPerAccount", input.email);
      const { id, role, name } = await checkPassword(input.email, input.password);
      return startApiSession({ id, role, name }, ctx);
    }),
  refresh: publicProcedure
    .meta(rest("POST", "/auth/refresh", "Accounts", "Trade a refresh token for new tokens", "open"))
    .input(refreshInput)
    .output(tokens)
    .mutation(async ({ ctx, input }) => {
      await limit("refreshPerAddress", ctx.address);
      return refreshSession(input.refreshToken, ctx.requestId);
    }),
  logout: signedIn
    .meta(rest("POST", "/auth/logout", "Accounts", "End this session"))
    .output(ok)
    .mutation(async ({ ctx }) => {
      await inTransaction((tx) => endSession(tx, ctx.actor, ctx.actor.sessionId, "signed out"));
      return { ok: true as const };
    }),
});

export const meRouter = router({
  get: signedIn
    .meta(rest("GET", "/me", "Accounts", "Who I am"))
    .output(me)
    .query(({ ctx }) => getMe(ctx.actor.userId)),
  update: signedInWrite
    .meta(rest("PATCH", "/me", "Accounts", "Change my profile"))
    .input(updateMeInput)
    .output(me)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await updateMe(tx, ctx.actor, input);
        return getMe(ctx.actor.userId, tx);
      }),
    ),
});
