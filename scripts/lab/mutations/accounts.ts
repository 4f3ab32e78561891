import { inFile } from "./mutation";

const SIGN_IN = "src/server/accounts/commands/sign-in.ts";
const CREDENTIALS = "src/server/accounts/commands/credentials.ts";
const PASSWORD = "src/server/accounts/password.ts";

/** Guards of who can sign in, and of what strangers can do to an account. */
export const ACCOUNT_MUTATIONS = [
  ...inFile(SIGN_IN, "confirm-address", {
    "an unconfirmed address opens a session": [
      ` AND u.email_verified_at IS NOT NULL
       AND u.password_hash`,
      "\n       AND u.password_hash",
    ],
    "a sign-in answers whether the password is right before the address is confirmed": [
      "  if (user.sign_up_id) {",
      "  if (!user.name) {",
    ],
  }),
  ...inFile("prisma/migrations/20261130040000_sign_ups/migration.sql", "confirm-address", {
    "the database accepts a session of an unconfirmed address": [
      "WHERE id = NEW.user_id AND email_verified_at IS NULL) THEN",
      "WHERE false) THEN",
    ],
  }),
  ...inFile("src/server/accounts/commands/confirm.ts", "confirm-address", {
    "a confirmation code can be guessed without a limit": ["AND s.tries < ", "AND -1 < "],
    "a confirmation code is valid for hours": [
      "::int * interval '1 minute'",
      "::int * interval '1 hour'",
    ],
    "an address can be confirmed several times with one code": [
      "same.id = u.id AND u.email_verified_at IS NULL AND",
      "same.id = u.id AND",
    ],
    "the first person who registers an address chooses its password": [
      "coalesce(s.password_hash, u.password_hash)",
      "coalesce(u.password_hash, s.password_hash)",
    ],
  }),
  ...inFile(CREDENTIALS, "confirm-address", {
    "a reset of an unconfirmed address keeps a stranger's second factor": [
      "    if (!emailVerifiedAt) await removeUnconfirmedAccess(tx, actor, userId);\n",
      "",
    ],
  }),
  ...inFile("src/server/notifications/commands/compose.ts", "account-mails", {
    "a stranger can cause any number of mails an hour to one address": [
      "interval '1 hour') < ",
      "interval '1 hour') < 1000 + ",
    ],
    "a stranger can cause the hourly number of mails to one address all day": [
      "AND count(*) < ",
      "AND count(*) < 1000 + ",
    ],
  }),
  ...inFile("src/server/accounts/devices.ts", "known-devices", {
    "a known device shares the rate limit of unknown devices": [
      "  if (device) await enforceRateLimit(",
      '  if (device === "none") await enforceRateLimit(',
    ],
    "any token makes a device known": [
      "    if (isOurs && age <= DAYS) return device;",
      "    if ((isOurs || mac) && age <= DAYS) return device;",
    ],
  }),
  ...inFile(PASSWORD, "passwords", {
    "a password is compared without Unicode normalisation": [
      'password.normalize("NFKC")',
      'password.normalize("NFC")',
    ],
    "a password hash from before the normalisation no longer matches": [
      "normalise(password) !== password && (await",
      'password === "" && (await',
    ],
  }),
  ...inFile(PASSWORD, "account-disclosure", {
    "a sign-in with an unknown address skips the password hash": [
      "  dummyHash ??= hashPassword",
      `  if (stored === null) return "wrong";
  dummyHash ??= hashPassword`,
    ],
  }),
  ...inFile(CREDENTIALS, "account-notices", {
    "a person gets no mail about a new password": [
      '  await queueAccountMail(tx, actor.userId, "password_changed");\n',
      "",
    ],
  }),
  ...inFile(SIGN_IN, "account-notices", {
    "a person gets no mail about a sign-in from a new device": [
      "  if (isKnown) return false;",
      "  if (isKnown || kind) return false;",
    ],
  }),
  ...inFile("prisma/migrations/20261130040100_admins/migration.sql", "admins", {
    "anybody can become an admin": [
      "  IF NEW.email_verified_at IS NULL OR NOT EXISTS (",
      "  IF false AND NOT EXISTS (",
    ],
    "the last admin can be suspended": [
      "WHERE role = 'admin' AND status = 'ACTIVE') THEN",
      "WHERE role = 'admin') AND false THEN",
    ],
  }),
  ...inFile("prisma/migrations/20261121000800_doctor_accounts/migration.sql", "doctor-accounts", {
    "a suspended doctor can be booked": ["SELECT u.status = 'ACTIVE' AND u.role", "SELECT u.role"],
    "a person who is no longer a doctor can be booked": [" AND u.role = 'doctor' FROM", " FROM"],
    "a change to a doctor does not wait for a suspension that is in progress": [
      "u.id = account FOR SHARE",
      "u.id = account",
    ],
  }),
];
