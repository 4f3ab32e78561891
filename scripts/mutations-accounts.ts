import type { Mutation } from "./mutations";

const SIGN_IN = "src/server/accounts/commands/sign-in.ts";
const CONFIRM = "src/server/accounts/commands/confirm.ts";
const ACCOUNT_MAILS = "src/server/notifications/commands/compose.ts";

/** Guards of who may sign in, and of what strangers can do to an account. */
export const ACCOUNT_MUTATIONS: Mutation[] = [
  {
    says: "an address that is not confirmed opens a session",
    file: SIGN_IN,
    find: " AND u.email_verified_at IS NOT NULL\n       AND u.password_hash",
    replace: "\n       AND u.password_hash",
    tests: ["confirm-address"],
  },
  {
    says: "the database lets an address that is not confirmed open a session",
    file: "prisma/migrations/20261130040000_sign_ups/migration.sql",
    find: "WHERE id = NEW.user_id AND email_verified_at IS NULL) THEN",
    replace: "WHERE false) THEN",
    tests: ["confirm-address"],
  },
  {
    says: "a password is answered before its address is confirmed",
    file: SIGN_IN,
    find: "  if (user.sign_up_id) {",
    replace: "  if (!user.name) {",
    tests: ["confirm-address"],
  },
  {
    says: "a code may be tried as often as one likes",
    file: CONFIRM,
    find: "AND s.tries < ",
    replace: "AND -1 < ",
    tests: ["confirm-address"],
  },
  {
    says: "a code is good for a day",
    file: CONFIRM,
    find: "::int * interval '1 minute'",
    replace: "::int * interval '1 hour'",
    tests: ["confirm-address"],
  },
  {
    says: "an address is confirmed as often as its code comes",
    file: CONFIRM,
    find: "same.id = u.id AND u.email_verified_at IS NULL AND",
    replace: "same.id = u.id AND",
    tests: ["confirm-address"],
  },
  {
    says: "the first who registers an address chooses its password",
    file: CONFIRM,
    find: "coalesce(s.password_hash, u.password_hash)",
    replace: "coalesce(u.password_hash, s.password_hash)",
    tests: ["confirm-address"],
  },
  {
    says: "a reset of an address that nobody confirmed leaves a stranger's second factor",
    file: "src/server/accounts/commands/credentials.ts",
    find: "    if (!emailVerifiedAt) await dropUnproven(tx, actor, userId);\n",
    replace: "",
    tests: ["confirm-address"],
  },
  {
    says: "an address is mailed as often as a stranger likes",
    file: ACCOUNT_MAILS,
    find: "interval '1 hour') < ",
    replace: "interval '1 hour') < 1000 + ",
    tests: ["account-mails"],
  },
  {
    says: "an address is mailed three times an hour for a whole day",
    file: ACCOUNT_MAILS,
    find: "AND count(*) < ",
    replace: "AND count(*) < 1000 + ",
    tests: ["account-mails"],
  },
];
