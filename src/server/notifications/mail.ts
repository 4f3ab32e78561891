import { env } from "@/env";
import { CODE_MINUTES, LINK_MINUTES } from "../accounts/tokens";
import type { AccountMail } from "../platform/owed";

type Text = { subject: string; text: string };

const letter = (name: string | null, ...paragraphs: string[]) =>
  [name ? `Hello ${name},` : "Hello,", ...paragraphs, "Amrutam Telemedicine"].join("\n\n");

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
} satisfies Record<AccountMail, unknown>;
