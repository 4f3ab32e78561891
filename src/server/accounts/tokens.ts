import { randomBytes } from "node:crypto";
import type { TokenPurpose } from "@/generated/prisma/enums";
import { sha256 } from "../platform/crypto";
import type { Tx } from "../platform/transaction";

/** How long a mailed link is good for. */
export const LINK_MINUTES: Record<TokenPurpose, number> = {
  verify_email: 24 * 60,
  reset_password: 30,
};

const digest = (token: string) => new Uint8Array(sha256(token));

/** Makes a link's secret; only its hash is kept. Earlier ones of the same purpose stay good until used. */
export async function issueLinkToken(
  tx: Tx,
  userId: string,
  purpose: TokenPurpose,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await tx.$executeRaw`
    INSERT INTO one_time_tokens (hash, user_id, purpose, expires_at)
    VALUES (${digest(token)}, ${userId}::uuid, ${purpose}::token_purpose,
            app_now() + ${LINK_MINUTES[purpose]}::int * interval '1 minute')`;
  return token;
}

/** Spends a link's secret, once, with every other of its purpose. @returns whose it was, or null. */
export async function spendLinkToken(
  tx: Tx,
  token: string,
  purpose: TokenPurpose,
): Promise<string | null> {
  const [spent] = await tx.$queryRaw<Array<{ user_id: string }>>`
    UPDATE one_time_tokens t SET used_at = app_now() FROM users u
     WHERE t.hash = ${digest(token)} AND t.purpose = ${purpose}::token_purpose AND t.used_at IS NULL
       AND t.expires_at > app_now() AND u.id = t.user_id AND u.status = 'ACTIVE'
    RETURNING t.user_id`;
  if (!spent) return null;
  await tx.$executeRaw`
    UPDATE one_time_tokens SET used_at = app_now()
     WHERE user_id = ${spent.user_id}::uuid AND purpose = ${purpose}::token_purpose AND used_at IS NULL`;
  return spent.user_id;
}
