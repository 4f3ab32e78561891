import { inFile } from "./mutation";

const SIGN_IN = "src/server/accounts/commands/sign-in.ts";
const CREDENTIALS = "src/server/accounts/commands/credentials.ts";
const PASSWORD = "src/server/accounts/password.ts";

/** Guards of who can sign in, and of what strangers can do to an account. */
export const ACCOUNT_MUTATIONS = [
  ...inFile(SIGN_IN, "confirm-address", [
    {
      defect: "an unconfirmed address opens a session",
      find: ` AND u.email_verified_at IS NOT NULL
       AND u.password_hash`,
      replace: "\n       AND u.password_hash",
    },
    {
      defect: "a sign-in answers whether the password is right before the address is confirmed",
      find: "  if (user.sign_up_id) {",
      replace: "  if (!user.name) {",
    },
  ]),
  ...inFile("prisma/migrations/20261130040000_sign_ups/migration.sql", "confirm-address", [
    {
      defect: "the database accepts a session of an unconfirmed address",
      find: "WHERE id = NEW.user_id AND email_verified_at IS NULL) THEN",
      replace: "WHERE false) THEN",
    },
  ]),
  ...inFile("src/server/accounts/commands/confirm.ts", "confirm-address", [
    {
      defect: "a confirmation code can be guessed without a limit",
      find: "AND s.tries < ",
      replace: "AND -1 < ",
    },
    {
      defect: "a confirmation code is valid for hours",
      find: "::int * interval '1 minute'",
      replace: "::int * interval '1 hour'",
    },
    {
      defect: "an address can be confirmed several times with one code",
      find: "same.id = u.id AND u.email_verified_at IS NULL AND",
      replace: "same.id = u.id AND",
    },
    {
      defect: "the first person who registers an address chooses its password",
      find: "coalesce(s.password_hash, u.password_hash)",
      replace: "coalesce(u.password_hash, s.password_hash)",
    },
  ]),
  ...inFile(CREDENTIALS, "confirm-address", [
    {
      defect: "a reset of an unconfirmed address keeps a stranger's second factor",
      find: "    if (!emailVerifiedAt) await dropUnproven(tx, actor, userId);\n",
      replace: "",
    },
  ]),
  ...inFile("src/server/notifications/commands/compose.ts", "account-mails", [
    {
      defect: "a stranger can cause any number of mails an hour to one address",
      find: "interval '1 hour') < ",
      replace: "interval '1 hour') < 1000 + ",
    },
    {
      defect: "a stranger can cause the hourly number of mails to one address all day",
      find: "AND count(*) < ",
      replace: "AND count(*) < 1000 + ",
    },
  ]),
  ...inFile("src/server/accounts/devices.ts", "known-devices", [
    {
      defect: "a known device shares the rate limit of unknown devices",
      find: "  if (device) await limit(",
      replace: '  if (device === "none") await limit(',
    },
    {
      defect: "any token makes a device known",
      find: "    if (isOurs && age <= DAYS) return device;",
      replace: "    if ((isOurs || mac) && age <= DAYS) return device;",
    },
  ]),
  ...inFile(PASSWORD, "passwords", [
    {
      defect: "a password is compared without Unicode normalisation",
      find: 'password.normalize("NFKC")',
      replace: 'password.normalize("NFC")',
    },
    {
      defect: "a password hash from before the normalisation no longer matches",
      find: "normal(password) !== password && (await",
      replace: 'password === "" && (await',
    },
  ]),
  ...inFile(PASSWORD, "account-disclosure", [
    {
      defect: "a sign-in with an unknown address skips the password hash",
      find: "  decoy ??= hashPassword",
      replace: `  if (stored === null) return "wrong";
  decoy ??= hashPassword`,
    },
  ]),
  ...inFile(CREDENTIALS, "account-notices", [
    {
      defect: "a person gets no mail about a new password",
      find: '  await oweAccountMail(tx, actor.userId, "password_changed");\n',
      replace: "",
    },
  ]),
  ...inFile(SIGN_IN, "account-notices", [
    {
      defect: "a person gets no mail about a sign-in from a new device",
      find: "  if (isKnown) return false;",
      replace: "  if (isKnown || kind) return false;",
    },
  ]),
  ...inFile("prisma/migrations/20261130040100_admins/migration.sql", "admins", [
    {
      defect: "anybody can become an admin",
      find: "  IF NEW.email_verified_at IS NULL OR NOT EXISTS (",
      replace: "  IF false AND NOT EXISTS (",
    },
    {
      defect: "the last admin can be suspended",
      find: "WHERE role = 'admin' AND status = 'ACTIVE') THEN",
      replace: "WHERE role = 'admin') AND false THEN",
    },
  ]),
  ...inFile("prisma/migrations/20261121000800_doctor_accounts/migration.sql", "doctor-accounts", [
    {
      defect: "a suspended doctor can be booked",
      find: "SELECT u.status = 'ACTIVE' AND u.role",
      replace: "SELECT u.role",
    },
    {
      defect: "a person who is no longer a doctor can be booked",
      find: " AND u.role = 'doctor' FROM",
      replace: " FROM",
    },
    {
      defect: "a change to a doctor does not wait for a suspension that is in progress",
      find: "u.id = account FOR SHARE",
      replace: "u.id = account",
    },
  ]),
];
