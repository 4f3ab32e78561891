import { enforceRateLimit } from "../../platform/rate-limit";
import { ok, pageInput } from "../../platform/schema";
import {
  mfaVerified,
  mfaVerifiedWrite,
  rest,
  router,
  signedIn,
  signedInWrite,
} from "../../trpc/procedures";
import { updateMe } from "../commands/account";
import { giveConsent, withdrawConsent } from "../commands/consents";
import {
  beginMfa,
  changePassword,
  replaceRecoveryCodes,
  turnMfaOff,
  turnMfaOn,
} from "../commands/credentials";
import { endOtherSessions, endOwnSession } from "../commands/session";
import { listConsents } from "../queries/consents";
import { getMe } from "../queries/profile";
import { getActivity, listSessions } from "../queries/sessions";
import {
  activity,
  changePasswordInput,
  confirmTotpInput,
  consent,
  consentInput,
  consents,
  disableTotpInput,
  enrolTotpInput,
  me,
  recoveryCodes,
  sessionInput,
  sessionPage,
  totpEnrolment,
  updateMeInput,
} from "../schema";

const done = { ok: true as const };

/**
 * The caller's own account. If the caller must have a second factor and has none yet, only `get`,
 * `activity`, `stay` and the enrolment are allowed.
 */
export const meRouter = router({
  get: signedIn
    .meta(rest("GET", "/me", "Accounts", "Read my account"))
    .output(me)
    .query(({ ctx }) => getMe(ctx.actor.userId)),
  update: mfaVerifiedWrite
    .meta(rest("PATCH", "/me", "Accounts", "Change my profile"))
    .input(updateMeInput)
    .output(me)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await updateMe(tx, ctx.actor, input);
        return getMe(ctx.actor.userId, tx);
      }),
    ),
  changePassword: mfaVerifiedWrite
    .meta(rest("POST", "/me/password", "Accounts", "Change my password"))
    .input(changePasswordInput)
    .output(ok)
    .mutation(async ({ ctx, input }) => {
      // The same rate limit as for sign-ins: an unlocked screen must not allow more guesses.
      await enforceRateLimit("signInPerAccount", ctx.actor.userId);
      return ctx.write(input, async (tx) => {
        await changePassword(tx, ctx.actor, input.current, input.next);
        return done;
      });
    }),
  consents: mfaVerified
    .meta(rest("GET", "/me/consents", "Accounts", "List my consents"))
    .output(consents)
    .query(({ ctx }) => listConsents(ctx.actor.userId)),
  giveConsent: mfaVerifiedWrite
    .meta(rest("POST", "/me/consents", "Accounts", "Give a consent"))
    .input(consentInput)
    .output(consent)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => giveConsent(tx, ctx.actor, input.purpose)),
    ),
  withdrawConsent: mfaVerifiedWrite
    .meta(rest("DELETE", "/me/consents/{purpose}", "Accounts", "Withdraw a consent"))
    .input(consentInput)
    .output(consent)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => withdrawConsent(tx, ctx.actor, input.purpose)),
    ),
  sessions: mfaVerified
    .meta(rest("GET", "/me/sessions", "Accounts", "List my sessions"))
    .input(pageInput)
    .output(sessionPage)
    .query(({ ctx, input }) => listSessions(ctx.actor, input)),
  endSession: mfaVerifiedWrite
    .meta(rest("DELETE", "/me/sessions/{id}", "Accounts", "End one of my sessions"))
    .input(sessionInput)
    .output(ok)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await endOwnSession(tx, ctx.actor, input.id, "signed out from another device");
        return done;
      }),
    ),
  endOtherSessions: mfaVerifiedWrite
    .meta(rest("DELETE", "/me/sessions", "Accounts", "End my other sessions"))
    .output(ok)
    .mutation(({ ctx }) =>
      ctx.write(null, async (tx) => {
        const { userId, sessionId } = ctx.actor;
        await endOtherSessions(tx, ctx.actor, userId, sessionId, "signed out from another device");
        return done;
      }),
    ),
  /** When the session ends. Pages call `activity` in the background. `stay` counts as activity. */
  activity: signedIn.output(activity).query(({ ctx }) => getActivity(ctx.actor)),
  stay: signedIn.output(activity).mutation(async ({ ctx }) => getActivity(ctx.actor)),
  enrolTotp: signedInWrite
    .meta(rest("POST", "/me/mfa/totp", "Accounts", "Start the enrolment of an authenticator app"))
    .input(enrolTotpInput)
    .output(totpEnrolment)
    .mutation(async ({ ctx, input }) => {
      if (input.password) await enforceRateLimit("signInPerAccount", ctx.actor.userId);
      return ctx.write(input, (tx) => beginMfa(tx, ctx.actor, input.password));
    }),
  confirmTotp: signedInWrite
    .meta(rest("POST", "/me/mfa/totp/confirm", "Accounts", "Turn the second factor on"))
    .input(confirmTotpInput)
    .output(recoveryCodes)
    .mutation(async ({ ctx, input }) => {
      await enforceRateLimit("mfaPerAccount", ctx.actor.userId);
      return ctx.write(input, async (tx) => ({
        recoveryCodes: await turnMfaOn(tx, ctx.actor, input.code),
      }));
    }),
  renewRecoveryCodes: mfaVerifiedWrite
    .meta(rest("POST", "/me/mfa/recovery-codes", "Accounts", "Replace my recovery codes"))
    .input(disableTotpInput)
    .output(recoveryCodes)
    .mutation(async ({ ctx, input }) => {
      await enforceRateLimit("signInPerAccount", ctx.actor.userId);
      return ctx.write(input, async (tx) => ({
        recoveryCodes: await replaceRecoveryCodes(tx, ctx.actor, input.password, input.code),
      }));
    }),
  disableTotp: mfaVerifiedWrite
    .meta(rest("POST", "/me/mfa/totp/disable", "Accounts", "Turn the second factor off"))
    .input(disableTotpInput)
    .output(ok)
    .mutation(async ({ ctx, input }) => {
      await enforceRateLimit("signInPerAccount", ctx.actor.userId);
      return ctx.write(input, async (tx) => {
        await turnMfaOff(tx, ctx.actor, input.password, input.code);
        return done;
      });
    }),
});
