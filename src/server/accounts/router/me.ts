import { AppError } from "../../platform/errors";
import { ok, pageInput } from "../../platform/schema";
import { rest, router, signedIn, signedInWrite } from "../../trpc/procedures";
import { updateMe } from "../commands/account";
import { giveConsent, withdrawConsent } from "../commands/consents";
import { changePassword, turnMfaOff, turnMfaOn } from "../commands/credentials";
import { enrolTotp } from "../mfa";
import { getMe } from "../queries/profile";
import { getActivity, listSessions } from "../queries/sessions";
import {
  activity,
  changePasswordInput,
  confirmTotpInput,
  consent,
  consentInput,
  disableTotpInput,
  me,
  recoveryCodes,
  sessionInput,
  sessionPage,
  totpEnrolment,
  updateMeInput,
} from "../schema";
import { endOtherSessions, endSession } from "../session";

const done = { ok: true as const };

/** One's own account: open before the second factor, since here is where it is set up. */
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
  changePassword: signedInWrite
    .meta(rest("POST", "/me/password", "Accounts", "Change my password"))
    .input(changePasswordInput)
    .output(ok)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await changePassword(tx, ctx.actor, input.current, input.next);
        return done;
      }),
    ),
  giveConsent: signedInWrite
    .meta(rest("POST", "/me/consents", "Accounts", "Agree"))
    .input(consentInput)
    .output(consent)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => giveConsent(tx, ctx.actor, input.purpose)),
    ),
  withdrawConsent: signedInWrite
    .meta(rest("DELETE", "/me/consents/{purpose}", "Accounts", "Take an agreement back"))
    .input(consentInput)
    .output(consent)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => withdrawConsent(tx, ctx.actor, input.purpose)),
    ),
  sessions: signedIn
    .meta(rest("GET", "/me/sessions", "Accounts", "Where I am signed in"))
    .input(pageInput)
    .output(sessionPage)
    .query(({ ctx, input }) => listSessions(ctx.actor, input)),
  endSession: signedInWrite
    .meta(rest("DELETE", "/me/sessions/{id}", "Accounts", "Sign a device out"))
    .input(sessionInput)
    .output(ok)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        const { userId } = ctx.actor;
        const mine = await tx.session.count({ where: { id: input.id, userId, revokedAt: null } });
        if (mine === 0) throw new AppError("NOT_FOUND");
        await endSession(tx, ctx.actor, input.id, "signed out from another device");
        return done;
      }),
    ),
  endOtherSessions: signedInWrite
    .meta(rest("DELETE", "/me/sessions", "Accounts", "Sign every other device out"))
    .output(ok)
    .mutation(({ ctx }) =>
      ctx.write(null, async (tx) => {
        const { userId, sessionId } = ctx.actor;
        await endOtherSessions(tx, ctx.actor, userId, sessionId, "signed out from another device");
        return done;
      }),
    ),
  /** When the session ends. A page asks in the background; `stay` counts as activity. */
  activity: signedIn.output(activity).query(({ ctx }) => getActivity(ctx.actor)),
  stay: signedIn.output(activity).mutation(async ({ ctx }) => getActivity(ctx.actor)),
  enrolTotp: signedInWrite
    .meta(rest("POST", "/me/mfa/totp", "Accounts", "Begin with an authenticator app"))
    .output(totpEnrolment)
    .mutation(({ ctx }) =>
      ctx.write(null, async (tx) => {
        const { email } = await getMe(ctx.actor.userId, tx);
        return enrolTotp(tx, ctx.actor.userId, email);
      }),
    ),
  confirmTotp: signedInWrite
    .meta(rest("POST", "/me/mfa/totp/confirm", "Accounts", "Turn the second factor on"))
    .input(confirmTotpInput)
    .output(recoveryCodes)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => ({
        recoveryCodes: await turnMfaOn(tx, ctx.actor, input.code),
      })),
    ),
  disableTotp: signedInWrite
    .meta(rest("POST", "/me/mfa/totp/disable", "Accounts", "Turn the second factor off"))
    .input(disableTotpInput)
    .output(ok)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await turnMfaOff(tx, ctx.actor, input.password, input.code);
        return done;
      }),
    ),
});
