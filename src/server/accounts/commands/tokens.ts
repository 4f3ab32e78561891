import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { env } from "@/env";
import type { TokenPurpose } from "@/generated/prisma/enums";
import { sha256 } from "../../platform/crypto";
import type { Tx } from "../../platform/transaction";

/** How long a mailed link is valid. */
export const LINK_MINUTES: Record<TokenPurpose, number> = {
  verify_email: 24 * 60,
  reset_password: 30,
};

/** How long a mailed code is valid, and how often a person may try it. The table has the same bound. */
export const CODE_MINUTES = 15;
export const CODE_TRIES = 5;

const digest = (token: string) => new Uint8Array(sha256(token));

/**
 * Derives the six-digit code of a registration from its id and a secret key. So the database contains
 * nothing that reveals the code, and a mail that is sent twice contains the same code.
 */
export function codeOf(signUpId: string): string {
  const key = Buffer.from(hkdfSync("sha256", env.AUTH_SECRET, "", "sign-up codes", 32));
  const mac = createHmac("sha256", key).update(signUpId).digest();
  return String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, "0");
}

/** Compares a typed code with the code of a registration, in constant time. */
export function codeMatches(signUpId: string, code: string): boolean {
  return timingSafeEqual(sha256(codeOf(signUpId)), sha256(code));
}

/** Creates the secret of a link and stores its hash. Earlier links of the same purpose stay valid. */
export async function issueLinkToken(
  tx: Tx,
  userId: string,
  purpose: TokenPurpose,
  signUpId: string | null = null,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await tx.$executeRaw`
    INSERT INTO one_time_tokens (hash, user_id, purpose, sign_up_id, expires_at)
    VALUES (${digest(token)}, ${userId}::uuid, ${purpose}::token_purpose, ${signUpId}::uuid,
            app_now() + ${LINK_MINUTES[purpose]}::int * interval '1 minute')`;
  return token;
}

type SpentToken = { userId: string; signUpId: string | null };

/**
 * Uses up the secret of a link, and all other links of the person with the same purpose.
 * @returns the owner; null if the secret is unknown, used or expired, or the account is suspended.
 */
export async function spendLinkToken(
  tx: Tx,
  token: string,
  purpose: TokenPurpose,
): Promise<SpentToken | null> {
  const [spent] = await tx.$queryRaw<Array<{ user_id: string; sign_up_id: string | null }>>`
    UPDATE one_time_tokens t SET used_at = app_now() FROM users u
     WHERE t.hash = ${digest(token)} AND t.purpose = ${purpose}::token_purpose AND t.used_at IS NULL
       AND t.expires_at > app_now() AND u.id = t.user_id AND u.status = 'ACTIVE'
    RETURNING t.user_id, t.sign_up_id`;
  if (!spent) return null;
  await tx.$executeRaw`
    UPDATE one_time_tokens SET used_at = app_now()
     WHERE user_id = ${spent.user_id}::uuid AND purpose = ${purpose}::token_purpose AND used_at IS NULL`;
  return { userId: spent.user_id, signUpId: spent.sign_up_id };
}
