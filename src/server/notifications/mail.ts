import { env } from "@/env";
import { CODE_MINUTES, LINK_MINUTES } from "../accounts/commands/tokens";
import type { AccountMail, Notice } from "../platform/owed";

type Text = { subject: string; text: string };

const letter = (name: string | null, ...paragraphs: string[]) =>
  [name ? `Hello ${name},` : "Hello,", ...paragraphs, "Amrutam Telemedicine"].join("\n\n");

const notice =
  (subject: string, what: string, ...more: string[]) =>
  (name: string): Text => ({
    subject,
    text: letter(
      name,
      what,
      ...more,
      `If that was not you, set a new password now: ${env.APP_URL}/forgot. It signs every device out.`,
    ),
  });

/** What is written to people about their account. The link is a secret: it is in the mail alone. */
export const ACCOUNT_MAILS = {
  // Without the name: whoever registered has chosen it, and that may be a stranger.
  verify_email: (code: string, token: string): Text => ({
    subject: "Confirm your address",
    text: letter(
      null,
      `Your code is ${code}`,
      `Type it on the page where you signed up. It is good for ${CODE_MINUTES} minutes.`,
      `Or open this link, which is good for ${LINK_MINUTES.verify_email / 60} hours: ${env.APP_URL}/verify?token=${token}`,
      "If you did not sign up, do nothing, and give the code to nobody: without it nobody can use your address.",
    ),
  }),
  reset_password: (name: string, token: string): Text => ({
    subject: "Set a new password",
    text: letter(
      name,
      `Set a new password here: ${env.APP_URL}/reset?token=${token}`,
      `The link is good for ${LINK_MINUTES.reset_password} minutes and works once. If you did not ask for it, do nothing: your password stays as it is.`,
    ),
  }),
  registered_again: (name: string): Text => ({
    subject: "You already have an account",
    text: letter(
      name,
      `Somebody, perhaps you, tried to sign up with this address. You have an account already: ${env.APP_URL}/sign-in`,
      `If you forgot your password, set a new one: ${env.APP_URL}/forgot`,
    ),
  }),
} satisfies Record<Exclude<AccountMail, Notice>, unknown>;

/** What has changed about an account. Its owner did it, or has to know of it. */
export const NOTICES: Record<Notice, (name: string) => Text> = {
  mfa_on: notice(
    "Two-step sign-in is on",
    "Two-step sign-in has been turned on for your account. From now on a sign-in asks for a code as well.",
  ),
  mfa_off: notice(
    "Two-step sign-in is off",
    "Two-step sign-in has been turned off for your account. Your password alone opens it now.",
  ),
  mfa_reset: notice(
    "Two-step sign-in was reset",
    "The clinic has taken two-step sign-in off your account. You are signed out everywhere; sign in with your password and set it up again.",
  ),
  password_changed: notice(
    "Your password was changed",
    "The password of your account has been changed. Every other device is signed out.",
  ),
  password_reset: notice(
    "Your password was reset",
    "A new password has been set for your account by a mailed link. Every device is signed out.",
  ),
  new_device: notice(
    "A sign-in from a new device",
    "Somebody, perhaps you, has signed in to your account on a device that we had not seen.",
    "Where you are signed in is listed under Account, Devices.",
  ),
};
