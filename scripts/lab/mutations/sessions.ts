import { inFile } from "./mutation";

const CREDENTIALS = "src/server/accounts/commands/credentials.ts";

/** Guards of sessions, mailed links and the second factor. */
export const SESSION_MUTATIONS = [
  ...inFile("src/server/accounts/commands/session.ts", "sessions", {
    "a refresh token can be used more than once": ["AND t.spent_at IS NULL AND", "AND"],
    "the reuse of a refresh token does not end its session": [
      `  await inTransaction((tx) =>
    endSession(tx, { userId, role, requestId }, sessionId, "refresh token reused"),
  );
`,
      "",
    ],
  }),
  ...inFile("src/server/accounts/session.ts", "sessions", {
    "an idle session does not end": [
      "s.last_seen_at > app_now() - make_interval(mins =>",
      "s.last_seen_at > app_now() - make_interval(years => 1, mins =>",
    ],
  }),
  ...inFile("src/server/accounts/queries/session.ts", "sessions", {
    "a browser session never expires": [
      "AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status",
      "AND u.status",
    ],
  }),
  ...inFile("src/server/accounts/commands/sign-in.ts", "sign-in-race", {
    "a sign-in with the old password opens a session after the password changed": [
      "AND u.password_hash = ",
      "AND '' <> ",
    ],
    "a sign-in without a second factor opens a session after the factor was turned on": [
      "AND f.confirmed_at IS NOT DISTINCT FROM",
      "AND now() IS DISTINCT FROM",
    ],
  }),
  ...inFile("src/server/accounts/commands/people.ts", "sessions", {
    "a suspension does not end the person's sessions": [
      '  await endOtherSessions(tx, actor, userId, null, "suspended");\n',
      "",
    ],
  }),
  ...inFile(CREDENTIALS, "sessions", {
    "a new password does not end the other sessions": [
      '  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "password changed");\n',
      "",
    ],
  }),
  ...inFile("src/server/accounts/commands/session.ts", "sessions", {
    "a person can end the session of another person": [
      "where: { id: sessionId, userId, revokedAt: null }",
      "where: { id: sessionId, revokedAt: null }",
    ],
  }),
  ...inFile("src/server/accounts/commands/tokens.ts", "mailed-links", {
    "a mailed link can be used more than once": [
      "::token_purpose AND t.used_at IS NULL",
      "::token_purpose",
    ],
  }),
  ...inFile("src/server/accounts/commands/mfa.ts", "mfa", {
    "a one-time code can be used more than once": ["AND last_step <", "AND 0 <"],
    "a recovery code can be used more than once": [
      "where: { hash: hashOf(userId, code), userId, usedAt: null }",
      "where: { hash: hashOf(userId, code), userId }",
    ],
    "a one-time code from two time steps ago is accepted": [
      "epochTolerance: STEP_SECONDS }",
      "epochTolerance: 2 * STEP_SECONDS }",
    ],
  }),
  ...inFile(CREDENTIALS, "mfa", {
    "the second factor can be turned off without a code": [
      "if (!isOn || !(await factorMatches(tx, userId, code))) throw",
      "if (!isOn || !code) throw",
    ],
  }),
  ...inFile(CREDENTIALS, "account-notices", {
    "the second factor can be set up without the password": [
      '    if (!fresh) throw new AppError("PASSWORD_REQUIRED");\n',
      '    if (fresh === null) throw new AppError("PASSWORD_REQUIRED");\n',
    ],
  }),
  ...inFile("src/server/trpc/procedures.ts", "mfa", {
    "REQUIRE_MFA has no effect": [
      "  if (required.includes(session.role) && !session.mfa) {",
      "  if (required.length > 9 && !session.mfa) {",
    ],
  }),
];
