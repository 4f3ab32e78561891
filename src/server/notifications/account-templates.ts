import { env } from "@/env";
import { CODE_MINUTES, LINK_MINUTES } from "../accounts/commands/tokens";
import type { AccountNotice } from "../platform/account-mail";
import { letter, type Text } from "./templates";

/** What a mail about an account says. The code and the token are secrets: only the mail has them. */
export type AccountFacts =
  | { kind: "verify_email"; code: string; token: string }
  | { kind: "reset_password"; name: string; token: string }
  | { kind: "registered_again"; name: string }
  | { kind: AccountNotice; name: string };

/** Writes a mail about an account. */
export function accountText(facts: AccountFacts): Text {
  switch (facts.kind) {
    case "verify_email":
      return {
        subject: "Confirm your address",
        // Without a name: a stranger may have registered and chosen it.
        text: letter(null, [
          `Your code is ${facts.code}`,
          `Type it on the page where you signed up. It is good for ${CODE_MINUTES} minutes.`,
          `Or open this link, which is good for ${LINK_MINUTES.verify_email / 60} hours: ${env.APP_URL}/verify?token=${facts.token}`,
          "If you did not sign up, do nothing, and give the code to nobody: without it nobody can use your address.",
        ]),
      };
    case "reset_password":
      return {
        subject: "Set a new password",
        text: letter(facts.name, [
          `Set a new password here: ${env.APP_URL}/reset?token=${facts.token}`,
          `The link is good for ${LINK_MINUTES.reset_password} minutes and works once. If you did not ask for it, do nothing: your password stays as it is.`,
        ]),
      };
    case "registered_again":
      return {
        subject: "You already have an account",
        text: letter(facts.name, [
          `Somebody, perhaps you, tried to sign up with this address. You have an account already: ${env.APP_URL}/sign-in`,
          `If you forgot your password, set a new one: ${env.APP_URL}/forgot`,
        ]),
      };
    default: {
      const [subject, ...paragraphs] = NOTICES[facts.kind];
      const wasItYou = `If that was not you, set a new password now: ${env.APP_URL}/forgot. It signs every device out.`;
      return { subject, text: letter(facts.name, [...paragraphs, wasItYou]) };
    }
  }
}

/** The subject and the paragraphs of each notice. */
const NOTICES: Record<AccountNotice, [subject: string, ...paragraphs: string[]]> = {
  mfa_on: [
    "Two-step sign-in is on",
    "Two-step sign-in has been turned on for your account. From now on a sign-in asks for a code as well.",
  ],
  mfa_off: [
    "Two-step sign-in is off",
    "Two-step sign-in has been turned off for your account. Your password alone opens it now.",
  ],
  mfa_reset: [
    "Two-step sign-in was reset",
    "The clinic has taken two-step sign-in off your account. You are signed out everywhere; sign in with your password and set it up again.",
  ],
  password_changed: [
    "Your password was changed",
    "The password of your account has been changed. Every other device is signed out.",
  ],
  password_reset: [
    "Your password was reset",
    "A new password has been set for your account by a mailed link. Every device is signed out.",
  ],
  new_device: [
    "A sign-in from a new device",
    "Somebody, perhaps you, has signed in to your account on a device that we had not seen.",
    "Where you are signed in is listed under Account, Devices.",
  ],
  profile_approved: [
    "The change of your profile is approved",
    `The clinic has approved the change of your name or registration. Patients see it now: ${env.APP_URL}/doctor/profile`,
  ],
  profile_rejected: [
    "The change of your profile was not approved",
    `The clinic could not approve the change of your name or registration. Patients see what they saw before. The reason is on your profile: ${env.APP_URL}/doctor/profile`,
  ],
};
