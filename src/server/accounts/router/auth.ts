import { enforceRateLimit } from "../../platform/rate-limit";
import { ok } from "../../platform/schema";
import { inTransaction } from "../../platform/transaction";
import { publicProcedure, rest, router, signedIn } from "../../trpc/procedures";
import { register } from "../commands/account";
import { confirmAddress } from "../commands/confirm";
import { requestReset, resetPassword } from "../commands/credentials";
import { endSession, refreshSession } from "../commands/session";
import { checkSignIn, startApiSession } from "../commands/sign-in";
import { limitSignIn, newDeviceToken } from "../devices";
import {
  loginInput,
  refreshInput,
  registerInput,
  registerOutput,
  requestResetInput,
  resetInput,
  tokens,
  verifyInput,
} from "../schema";

const open = (path: `/${string}`, summary: string) =>
  rest("POST", path, "Accounts", summary, "open");

const done = { ok: true as const };

/**
 * Registration, sign-in, refresh, sign-out and password reset. They take no idempotency key: each
 * answer contains new tokens, or only the status.
 */
export const authRouter = router({
  register: publicProcedure("signUpPerAddress")
    .meta(open("/auth/register", "Register a patient"))
    .input(registerInput)
    .output(registerOutput)
    .mutation(async ({ ctx, input }) => {
      await register(input, ctx.requestId);
      return { status: "accepted" as const };
    }),
  verify: publicProcedure("linkPerAddress")
    .meta(open("/auth/verify", "Confirm an address by the mailed code or link, and sign in"))
    .input(verifyInput)
    .output(tokens)
    .mutation(async ({ ctx, input }) => {
      const person = await confirmAddress(input, ctx.requestId);
      const tokens = await startApiSession(person, ctx);
      return { ...tokens, deviceToken: newDeviceToken(person.email) };
    }),
  login: publicProcedure("signInPerAddress")
    .meta(open("/auth/login", "Sign in with an address and a password"))
    .input(loginInput)
    .output(tokens)
    .mutation(async ({ ctx, input }) => {
      const isKnown = await limitSignIn(input.email, input.deviceToken);
      const tokens = await startApiSession(await checkSignIn(input, ctx.requestId), {
        ...ctx,
        isKnown,
      });
      const deviceToken = isKnown ? input.deviceToken : newDeviceToken(input.email);
      return { ...tokens, deviceToken };
    }),
  refresh: publicProcedure("refreshPerAddress")
    .meta(open("/auth/refresh", "Exchange a refresh token for new tokens"))
    .input(refreshInput)
    .output(tokens)
    .mutation(({ ctx, input }) => refreshSession(input.refreshToken, ctx.requestId)),
  logout: signedIn
    .meta(rest("POST", "/auth/logout", "Accounts", "End this session"))
    .output(ok)
    .mutation(async ({ ctx }) => {
      await inTransaction((tx) => endSession(tx, ctx.actor, ctx.actor.sessionId, "signed out"));
      return done;
    }),
  requestReset: publicProcedure("resetPerAddress")
    .meta(open("/auth/reset/request", "Request a mail with a reset link"))
    .input(requestResetInput)
    .output(registerOutput)
    .mutation(async ({ input }) => {
      await enforceRateLimit("resetPerAccount", input.email);
      await requestReset(input.email);
      return { status: "accepted" as const };
    }),
  reset: publicProcedure("linkPerAddress")
    .meta(open("/auth/reset", "Set a new password with a mailed link"))
    .input(resetInput)
    .output(ok)
    .mutation(async ({ ctx, input }) => {
      await resetPassword(input.token, input.password, ctx.requestId);
      return done;
    }),
});
