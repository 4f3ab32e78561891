import { issueLinkToken } from "../../accounts/tokens";
import { db } from "../../platform/db";
import { inTransaction } from "../../platform/transaction";
import { emailChannel } from "../channels";
import { ACCOUNT_MAILS } from "../mail";

/**
 * Writes to someone about their account. A link's secret is made here, when the mail is sent, so that
 * no event and no job's memory ever holds it.
 * @param messageId the same at every try, so that a mail sent twice is recognised as one.
 */
export async function mailAccount(
  userId: string,
  kind: keyof typeof ACCOUNT_MAILS,
  messageId: string,
): Promise<void> {
  const user = await db.user.findUnique({
    where: { id: userId },
    select: { name: true, email: true, status: true },
  });
  if (user?.status !== "ACTIVE") return;
  const text =
    kind === "registered_again"
      ? ACCOUNT_MAILS[kind](user.name)
      : ACCOUNT_MAILS[kind](
          user.name,
          await inTransaction((tx) => issueLinkToken(tx, userId, kind)),
        );
  const message = { id: messageId, userId, to: user.email, toName: user.name, ...text };
  await emailChannel().send(message, async () => {});
}
