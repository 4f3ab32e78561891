import { inFile } from "./mutation";

const CREDENTIALS = "src/server/accounts/commands/credentials.ts";

/** Guards of sessions, mailed links and the second factor. */
export const SESSION_MUTATIONS = [
  ...inFile("src/server/accounts/commands/session.ts", "sessions", [
    {
      defect: "a refresh token can be used more than once",
      find: "AND t.spent_at IS NULL AND",
      replace: "AND",
    },
    {
      defect: "the reuse of a refresh token does not end its session",
      find: `  await inTransaction((tx) =>
    endSession(tx, { userId, role, requestId }, sessionId, "refresh token reused"),
  );
`,
      replace: "",
    },
  ]),
  ...inFile("src/server/accounts/session.ts", "sessions", [
    {
      defect: "an idle session does not end",
      find: "s.last_seen_at > app_now() - make_interval(mins =>",
      replace: "s.last_seen_at > app_now() - make_interval(years => 1, mins =>",
    },
  ]),
  ...inFile("src/server/accounts/queries/session.ts", "sessions", [
    {
      defect: "a browser session never expires",
      find: "AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status",
      replace: "AND u.status",
    },
  ]),
  ...inFile("src/server/accounts/commands/sign-in.ts", "sign-in-race", [
    {
      defect: "a sign-in with the old password opens a session after the password changed",
      find: "AND u.password_hash = ",
      replace: "AND '' <> ",
    },
    {
      defect: "a sign-in without a second factor opens a session after the factor was turned on",
      find: "AND f.confirmed_at IS NOT DISTINCT FROM",
      replace: "AND now() IS DISTINCT FROM",
    },
  ]),
  ...inFile("src/server/accounts/commands/people.ts", "sessions", [
    {
      defect: "a suspension does not end the person's sessions",
      find: '  await endOtherSessions(tx, actor, userId, null, "suspended");\n',
      replace: "",
    },
  ]),
  ...inFile(CREDENTIALS, "sessions", [
    {
      defect: "a new password does not end the other sessions",
      find: '  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "password changed");\n',
      replace: "",
    },
  ]),
  ...inFile("src/server/accounts/router/me.ts", "sessions", [
    {
      defect: "a person can end the session of another person",
      find: "where: { id: input.id, userId, revokedAt: null }",
      replace: "where: { id: input.id, revokedAt: null }",
    },
  ]),
  ...inFile("src/server/accounts/commands/tokens.ts", "mailed-links", [
    {
      defect: "a mailed link can be used more than once",
      find: "::token_purpose AND t.used_at IS NULL",
      replace: "::token_purpose",
    },
  ]),
  ...inFile("src/server/accounts/commands/mfa.ts", "mfa", [
    {
      defect: "a one-time code can be used more than once",
      find: "AND last_step <",
      replace: "AND 0 <",
    },
    {
      defect: "a recovery code can be used more than once",
      find: "where: { hash: hashOf(userId, code), userId, usedAt: null }",
      replace: "where: { hash: hashOf(userId, code), userId }",
    },
    {
      defect: "a one-time code from two time steps ago is accepted",
      find: "epochTolerance: STEP_SECONDS }",
      replace: "epochTolerance: 2 * STEP_SECONDS }",
    },
  ]),
  ...inFile(CREDENTIALS, "mfa", [
    {
      defect: "the second factor can be turned off without a code",
      find: "if (!on || !(await factorMatches(tx, userId, code))) throw",
      replace: "if (!on || !code) throw",
    },
  ]),
  ...inFile(CREDENTIALS, "account-notices", [
    {
      defect: "the second factor can be set up without the password",
      find: '    if (!fresh) throw new AppError("PASSWORD_REQUIRED");\n',
      replace: '    if (fresh === null) throw new AppError("PASSWORD_REQUIRED");\n',
    },
  ]),
  ...inFile("src/server/trpc/procedures.ts", "mfa", [
    {
      defect: "REQUIRE_MFA has no effect",
      find: "  if (required.includes(session.role) && !session.mfa) {",
      replace: "  if (required.length > 9 && !session.mfa) {",
    },
  ]),
];
