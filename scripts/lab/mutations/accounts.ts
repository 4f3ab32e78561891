import type { Mutation } from "./mutation";

const SIGN_IN = "src/server/accounts/commands/sign-in.ts";
const CONFIRM = "src/server/accounts/commands/confirm.ts";
const CREDENTIALS = "src/server/accounts/commands/credentials.ts";
const COMPOSE = "src/server/notifications/commands/compose.ts";
const DEVICES = "src/server/accounts/devices.ts";
const PASSWORD = "src/server/accounts/password.ts";
const ADMINS_SQL = "prisma/migrations/20261130040100_admins/migration.sql";
const DOCTOR_ACCOUNTS_SQL = "prisma/migrations/20261121000800_doctor_accounts/migration.sql";

/** Guards of who can sign in, and of what strangers can do to an account. */
export const ACCOUNT_MUTATIONS: Mutation[] = [
  {
    defect: "an unconfirmed address opens a session",
    file: SIGN_IN,
    find: ` AND u.email_verified_at IS NOT NULL
       AND u.password_hash`,
    replace: "\n       AND u.password_hash",
    tests: ["confirm-address"],
  },
  {
    defect: "the database accepts a session of an unconfirmed address",
    file: "prisma/migrations/20261130040000_sign_ups/migration.sql",
    find: "WHERE id = NEW.user_id AND email_verified_at IS NULL) THEN",
    replace: "WHERE false) THEN",
    tests: ["confirm-address"],
  },
  {
    defect: "a sign-in answers whether the password is right before the address is confirmed",
    file: SIGN_IN,
    find: "  if (user.sign_up_id) {",
    replace: "  if (!user.name) {",
    tests: ["confirm-address"],
  },
  {
    defect: "a confirmation code can be guessed without a limit",
    file: CONFIRM,
    find: "AND s.tries < ",
    replace: "AND -1 < ",
    tests: ["confirm-address"],
  },
  {
    defect: "a confirmation code is valid for hours",
    file: CONFIRM,
    find: "::int * interval '1 minute'",
    replace: "::int * interval '1 hour'",
    tests: ["confirm-address"],
  },
  {
    defect: "an address can be confirmed several times with one code",
    file: CONFIRM,
    find: "same.id = u.id AND u.email_verified_at IS NULL AND",
    replace: "same.id = u.id AND",
    tests: ["confirm-address"],
  },
  {
    defect: "the first person who registers an address chooses its password",
    file: CONFIRM,
    find: "coalesce(s.password_hash, u.password_hash)",
    replace: "coalesce(u.password_hash, s.password_hash)",
    tests: ["confirm-address"],
  },
  {
    defect: "a reset of an unconfirmed address keeps a stranger's second factor",
    file: CREDENTIALS,
    find: "    if (!emailVerifiedAt) await dropUnproven(tx, actor, userId);\n",
    replace: "",
    tests: ["confirm-address"],
  },
  {
    defect: "a stranger can cause any number of mails an hour to one address",
    file: COMPOSE,
    find: "interval '1 hour') < ",
    replace: "interval '1 hour') < 1000 + ",
    tests: ["account-mails"],
  },
  {
    defect: "a stranger can cause the hourly number of mails to one address all day",
    file: COMPOSE,
    find: "AND count(*) < ",
    replace: "AND count(*) < 1000 + ",
    tests: ["account-mails"],
  },
  {
    defect: "a known device shares the rate limit of unknown devices",
    file: DEVICES,
    find: "  if (device) await limit(",
    replace: '  if (device === "none") await limit(',
    tests: ["known-devices"],
  },
  {
    defect: "any token makes a device known",
    file: DEVICES,
    find: "    if (isOurs && age <= DAYS) return device;",
    replace: "    if ((isOurs || mac) && age <= DAYS) return device;",
    tests: ["known-devices"],
  },
  {
    defect: "a password is compared without Unicode normalisation",
    file: PASSWORD,
    find: 'password.normalize("NFKC")',
    replace: 'password.normalize("NFC")',
    tests: ["passwords"],
  },
  {
    defect: "a password hash from before the normalisation no longer matches",
    file: PASSWORD,
    find: "normal(password) !== password && (await",
    replace: 'password === "" && (await',
    tests: ["passwords"],
  },
  {
    defect: "a sign-in with an unknown address skips the password hash",
    file: PASSWORD,
    find: "  decoy ??= hashPassword",
    replace: `  if (stored === null) return "wrong";
  decoy ??= hashPassword`,
    tests: ["account-disclosure"],
  },
  {
    defect: "a person gets no mail about a new password",
    file: CREDENTIALS,
    find: '  await oweAccountMail(tx, actor.userId, "password_changed");\n',
    replace: "",
    tests: ["account-notices"],
  },
  {
    defect: "a person gets no mail about a sign-in from a new device",
    file: SIGN_IN,
    find: "  if (isKnown) return false;",
    replace: "  if (isKnown || kind) return false;",
    tests: ["account-notices"],
  },
  {
    defect: "anybody can become an admin",
    file: ADMINS_SQL,
    find: "  IF NEW.email_verified_at IS NULL OR NOT EXISTS (",
    replace: "  IF false AND NOT EXISTS (",
    tests: ["admins"],
  },
  {
    defect: "the last admin can be suspended",
    file: ADMINS_SQL,
    find: "WHERE role = 'admin' AND status = 'ACTIVE') THEN",
    replace: "WHERE role = 'admin') AND false THEN",
    tests: ["admins"],
  },
  {
    defect: "a suspended doctor can be booked",
    file: DOCTOR_ACCOUNTS_SQL,
    find: "SELECT u.status = 'ACTIVE' AND u.role",
    replace: "SELECT u.role",
    tests: ["doctor-accounts"],
  },
  {
    defect: "a person who is no longer a doctor can be booked",
    file: DOCTOR_ACCOUNTS_SQL,
    find: " AND u.role = 'doctor' FROM",
    replace: " FROM",
    tests: ["doctor-accounts"],
  },
  {
    defect: "a change to a doctor does not wait for a suspension that is in progress",
    file: DOCTOR_ACCOUNTS_SQL,
    find: "u.id = account FOR SHARE",
    replace: "u.id = account",
    tests: ["doctor-accounts"],
  },
];
