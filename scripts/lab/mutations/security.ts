import type { Mutation } from "./list";

const CRYPTO = "src/server/platform/crypto.ts";
const RATE_LIMIT = "src/server/platform/rate-limit.ts";
const SESSION = "src/server/accounts/session.ts";
const SIGN_IN = "src/server/accounts/commands/sign-in.ts";
const MFA = "src/server/accounts/mfa.ts";

const DOCTOR_ACCOUNTS_SQL = "prisma/migrations/20261121000800_doctor_accounts/migration.sql";

/** Guards of accounts, sessions, encryption and rate limits. */
export const SECURITY_MUTATIONS: Mutation[] = [
  {
    says: "a refresh token is good as often as it comes",
    file: SESSION,
    find: "AND t.spent_at IS NULL AND",
    replace: "AND",
    tests: ["sessions"],
  },
  {
    says: "a spent refresh token does not end its family",
    file: SESSION,
    find: `  await inTransaction((tx) =>
    endSession(tx, { userId, role, requestId }, sessionId, "refresh token reused"),
  );
`,
    replace: "",
    tests: ["sessions"],
  },
  {
    says: "nobody is signed out for doing nothing",
    file: SESSION,
    find: "s.last_seen_at > app_now() - make_interval(mins =>",
    replace: "s.last_seen_at > app_now() - make_interval(years => 1, mins =>",
    tests: ["sessions"],
  },
  {
    says: "a browser's session has no end",
    file: SESSION,
    find: "AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status",
    replace: "AND u.status",
    tests: ["sessions"],
  },
  {
    says: "a sign-in with the old password opens a session after the new one",
    file: SIGN_IN,
    find: "AND u.password_hash = ",
    replace: "AND '' <> ",
    tests: ["sign-in-race"],
  },
  {
    says: "a sign-in without a second factor opens a session after one was turned on",
    file: SIGN_IN,
    find: "AND f.confirmed_at IS NOT DISTINCT FROM",
    replace: "AND now() IS DISTINCT FROM",
    tests: ["sign-in-race"],
  },
  {
    says: "a suspension leaves the sessions as they are",
    file: "src/server/accounts/commands/people.ts",
    find: '  await endOtherSessions(tx, actor, userId, null, "suspended");\n',
    replace: "",
    tests: ["sessions"],
  },
  {
    says: "a suspended doctor is sold",
    file: DOCTOR_ACCOUNTS_SQL,
    find: "SELECT u.status = 'ACTIVE' AND u.role",
    replace: "SELECT u.role",
    tests: ["doctor-accounts"],
  },
  {
    says: "who is no doctor any more is sold",
    file: DOCTOR_ACCOUNTS_SQL,
    find: " AND u.role = 'doctor' FROM",
    replace: " FROM",
    tests: ["doctor-accounts"],
  },
  {
    says: "a doctor's row does not wait for a suspension under way",
    file: DOCTOR_ACCOUNTS_SQL,
    find: "u.id = account FOR SHARE",
    replace: "u.id = account",
    tests: ["doctor-accounts"],
  },
  {
    says: "a new password leaves the other sessions open",
    file: "src/server/accounts/commands/credentials.ts",
    find: '  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "password changed");\n',
    replace: "",
    tests: ["sessions"],
  },
  {
    says: "anybody's session may be ended",
    file: "src/server/accounts/router/me.ts",
    find: "where: { id: input.id, userId, revokedAt: null }",
    replace: "where: { id: input.id, revokedAt: null }",
    tests: ["sessions"],
  },
  {
    says: "a code of the second factor is good as often as it comes",
    file: MFA,
    find: "AND last_step <",
    replace: "AND 0 <",
    tests: ["mfa"],
  },
  {
    says: "a recovery code is good as often as it comes",
    file: MFA,
    find: "where: { hash: hashOf(userId, code), userId, usedAt: null }",
    replace: "where: { hash: hashOf(userId, code), userId }",
    tests: ["mfa"],
  },
  {
    says: "a code of two steps ago is good",
    file: MFA,
    find: "epochTolerance: STEP_SECONDS }",
    replace: "epochTolerance: 2 * STEP_SECONDS }",
    tests: ["mfa"],
  },
  {
    says: "the second factor is turned off without a code",
    file: "src/server/accounts/commands/credentials.ts",
    find: "if (!on || !(await factorMatches(tx, userId, code))) throw",
    replace: "if (!on || !code) throw",
    tests: ["mfa"],
  },
  {
    says: "REQUIRE_MFA requires nothing",
    file: "src/server/trpc/procedures.ts",
    find: "  if (required.includes(session.role) && !session.mfa) {",
    replace: "  if (required.length > 9 && !session.mfa) {",
    tests: ["mfa"],
  },
  {
    says: "any role may do what a role may",
    file: "src/server/trpc/procedures.ts",
    find: "  if (actor.role !== role) throw await deny",
    replace: "  if (!role) throw await deny",
    tests: ["access"],
  },
  {
    says: "a patient's scope takes in everybody's bookings",
    file: "src/server/bookings/queries.ts",
    find: "sql`b.patient_id = ",
    replace: "sql`true OR b.patient_id = ",
    tests: ["access"],
  },
  {
    says: "a doctor reads what a patient wrote without their consent",
    file: "src/server/bookings/queries.ts",
    find: "sql`true` : isAgreed;",
    replace: "sql`true` : Prisma.sql`true`;",
    tests: ["consents"],
  },
  {
    says: "a consent that was taken back is still in force",
    file: "src/server/accounts/queries/consents.ts",
    find: " AND agreed.withdrawn_at IS NULL",
    replace: "",
    tests: ["consents"],
  },
  {
    says: "a patient may see everybody's receipts",
    file: "src/server/payments/queries.ts",
    find: "paymentId}::uuid AND b.patient_id = ",
    replace: "paymentId}::uuid OR b.patient_id = ",
    tests: ["access"],
  },
  {
    says: "hanging Redis is waited for as long as it takes",
    file: RATE_LIMIT,
    find: "timeout: PATIENCE_MS,",
    replace: "timeout: 60_000,",
    tests: ["rate-limits-in-redis"],
  },
  {
    says: "nothing is limited while Redis is away",
    file: RATE_LIMIT,
    find: "POLICIES[policy].strict ? limiter.local",
    replace: "POLICIES[policy].requests === 0 ? limiter.local",
    tests: ["rate-limits-in-redis"],
  },
  {
    says: "Redis is told addresses of people",
    file: RATE_LIMIT,
    find: "withoutNames(counted));",
    replace: "counted && withoutNames && counted);",
    tests: ["rate-limits-in-redis"],
  },
  {
    says: "Redis is given the scripts as Upstash wants them",
    file: "src/server/platform/rate-limit-store.ts",
    find: 'script.replace(/^#!lua[^\\n]*\\n/, "")',
    replace: "script",
    tests: ["rate-limits-in-redis"],
  },
  {
    says: "kept answers stay under the old key",
    file: "src/server/platform/idempotency.ts",
    find: "data: { response: pack(scope, unpack(scope, response)) }",
    replace: "data: { response }",
    tests: ["key-rotation"],
  },
  {
    says: "a rotation puts back what it read, whatever stands there by now",
    file: "src/server/platform/phi.ts",
    find: "where: { userId, kekVersion },",
    replace: "where: { userId },",
    tests: ["data-key-rewrap"],
  },
  {
    says: "a tag of four bytes is enough",
    file: CRYPTO,
    find: "const TAG_BYTES = 16;",
    replace: "const TAG_BYTES = 4;",
    tests: ["unit/crypto"],
  },
  {
    says: "what people send when they sign in is logged",
    file: "src/server/accounts/router/auth.ts",
    find: "      const isKnown = await limitSignIn(input.email, input.deviceToken);",
    replace:
      "      const isKnown = await limitSignIn(input.email, input.deviceToken);\n      console.log(JSON.stringify(input));",
    tests: ["canary"],
  },
  {
    says: "an event tells a name",
    file: "src/server/platform/owed.ts",
    find: "{ messageId: Prisma.sql`id` },",
    replace:
      "{ messageId: Prisma.sql`id`, n: Prisma.sql`(SELECT string_agg(name, ' ') FROM users)` },",
    tests: ["canary"],
  },
  {
    says: "ciphertexts are bound to no place",
    file: CRYPTO,
    find: "JSON.stringify([place.table, place.column, place.rowId, place.ownerId, keyVersion])",
    replace: "JSON.stringify([place && keyVersion])",
    tests: ["unit/crypto"],
  },
  {
    says: "an address without an account is answered without comparing",
    file: "src/server/accounts/password.ts",
    find: "  decoy ??= hashPassword",
    replace: '  if (stored === null) return "wrong";\n  decoy ??= hashPassword',
    tests: ["account-disclosure"],
  },
  {
    says: "a mailed link is good as often as it comes",
    file: "src/server/accounts/tokens.ts",
    find: "::token_purpose AND t.used_at IS NULL",
    replace: "::token_purpose",
    tests: ["mailed-links"],
  },
];
