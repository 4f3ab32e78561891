import type { Mutation } from "./mutation";

const SESSION = "src/server/accounts/session.ts";
const SIGN_IN = "src/server/accounts/commands/sign-in.ts";
const CREDENTIALS = "src/server/accounts/commands/credentials.ts";
const MFA = "src/server/accounts/mfa.ts";

/** Guards of sessions, mailed links and the second factor. */
export const SESSION_MUTATIONS: Mutation[] = [
  {
    defect: "a refresh token can be used more than once",
    file: SESSION,
    find: "AND t.spent_at IS NULL AND",
    replace: "AND",
    tests: ["sessions"],
  },
  {
    defect: "the reuse of a refresh token does not end its session",
    file: SESSION,
    find: `  await inTransaction((tx) =>
    endSession(tx, { userId, role, requestId }, sessionId, "refresh token reused"),
  );
`,
    replace: "",
    tests: ["sessions"],
  },
  {
    defect: "an idle session does not end",
    file: SESSION,
    find: "s.last_seen_at > app_now() - make_interval(mins =>",
    replace: "s.last_seen_at > app_now() - make_interval(years => 1, mins =>",
    tests: ["sessions"],
  },
  {
    defect: "a browser session never expires",
    file: SESSION,
    find: "AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status",
    replace: "AND u.status",
    tests: ["sessions"],
  },
  {
    defect: "a sign-in with the old password opens a session after the password changed",
    file: SIGN_IN,
    find: "AND u.password_hash = ",
    replace: "AND '' <> ",
    tests: ["sign-in-race"],
  },
  {
    defect: "a sign-in without a second factor opens a session after the factor was turned on",
    file: SIGN_IN,
    find: "AND f.confirmed_at IS NOT DISTINCT FROM",
    replace: "AND now() IS DISTINCT FROM",
    tests: ["sign-in-race"],
  },
  {
    defect: "a suspension does not end the person's sessions",
    file: "src/server/accounts/commands/people.ts",
    find: '  await endOtherSessions(tx, actor, userId, null, "suspended");\n',
    replace: "",
    tests: ["sessions"],
  },
  {
    defect: "a new password does not end the other sessions",
    file: CREDENTIALS,
    find: '  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "password changed");\n',
    replace: "",
    tests: ["sessions"],
  },
  {
    defect: "a person can end the session of another person",
    file: "src/server/accounts/router/me.ts",
    find: "where: { id: input.id, userId, revokedAt: null }",
    replace: "where: { id: input.id, revokedAt: null }",
    tests: ["sessions"],
  },
  {
    defect: "a mailed link can be used more than once",
    file: "src/server/accounts/tokens.ts",
    find: "::token_purpose AND t.used_at IS NULL",
    replace: "::token_purpose",
    tests: ["mailed-links"],
  },
  {
    defect: "a one-time code can be used more than once",
    file: MFA,
    find: "AND last_step <",
    replace: "AND 0 <",
    tests: ["mfa"],
  },
  {
    defect: "a recovery code can be used more than once",
    file: MFA,
    find: "where: { hash: hashOf(userId, code), userId, usedAt: null }",
    replace: "where: { hash: hashOf(userId, code), userId }",
    tests: ["mfa"],
  },
  {
    defect: "a one-time code from two time steps ago is accepted",
    file: MFA,
    find: "epochTolerance: STEP_SECONDS }",
    replace: "epochTolerance: 2 * STEP_SECONDS }",
    tests: ["mfa"],
  },
  {
    defect: "the second factor can be turned off without a code",
    file: CREDENTIALS,
    find: "if (!on || !(await factorMatches(tx, userId, code))) throw",
    replace: "if (!on || !code) throw",
    tests: ["mfa"],
  },
  {
    defect: "the second factor can be set up without the password",
    file: CREDENTIALS,
    find: '    if (!fresh) throw new AppError("PASSWORD_REQUIRED");\n',
    replace: '    if (fresh === null) throw new AppError("PASSWORD_REQUIRED");\n',
    tests: ["account-notices"],
  },
  {
    defect: "REQUIRE_MFA has no effect",
    file: "src/server/trpc/procedures.ts",
    find: "  if (required.includes(session.role) && !session.mfa) {",
    replace: "  if (required.length > 9 && !session.mfa) {",
    tests: ["mfa"],
  },
];
