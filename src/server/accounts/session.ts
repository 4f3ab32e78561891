import { randomBytes } from "node:crypto";
import { env } from "@/env";
import { audit } from "../audit/commands";
import type { Actor } from "../audit/schema";
import { sha256 } from "../platform/crypto";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { uuidv7 } from "../platform/ids";
import { inTransaction, type Tx } from "../platform/transaction";
import type { Role, Tokens } from "./schema";

/** Who is behind a request, as the session row says at this moment. */
export type Session = {
  sessionId: string;
  userId: string;
  role: Role;
  name: string;
  email: string;
  doctorId: string | null;
  /** Whether the second factor was given in this session. */
  mfa: boolean;
};

const ACCESS_MINUTES = 15;
const REFRESH_DAYS = 30;
/**
 * A browser keeps one token for the session's whole life, an API client rotates. Staff are signed
 * out after a quarter of an hour without a request and after a shift; patients stay for a month.
 */
const BROWSER_HOURS: Record<Role, number> = { patient: 30 * 24, doctor: 12, admin: 12 };
export const IDLE_MINUTES: Record<Role, number> = { patient: 7 * 24 * 60, doctor: 15, admin: 15 };
/** The cookie outlives every session; the row decides. */
export const COOKIE_SECONDS = 30 * 24 * 3600;

/** `__Host-` pins the cookie to this origin; browsers accept it over HTTPS alone. */
export const sessionCookie = (): string =>
  env.APP_URL.startsWith("https:") ? "__Host-amrutam-session" : "amrutam-session";

const newToken = () => randomBytes(32).toString("base64url");
const digest = (token: string) => new Uint8Array(sha256(token));
const after = (ms: number) => new Date(Date.now() + ms);
const MINUTE = 60_000;

/** The token of a request: a bearer's, or the browser's cookie. */
function tokenOf(headers: Headers): string | null {
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer) return bearer;
  const name = sessionCookie();
  for (const pair of (headers.get("cookie") ?? "").split(/; */)) {
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return null;
}

type Row = {
  session_id: string;
  user_id: string;
  role: Role;
  name: string;
  email: string;
  doctor_id: string | null;
  mfa: boolean;
  stale: boolean;
};

/**
 * The session that a token opens: asked of the database at every request, so that revocation bites
 * at once. @param quietly does not count as activity.
 */
export async function sessionOfToken(token: string, quietly = false): Promise<Session | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, u.name, u.email,
           d.id AS doctor_id, s.mfa_at IS NOT NULL AS mfa,
           s.last_seen_at < app_now() - interval '30 seconds' AS stale
      FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN doctors d ON d.user_id = u.id
     WHERE s.access_token_hash = ${digest(token)} AND s.revoked_at IS NULL
       AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status = 'ACTIVE'
       AND (s.kind = 'api' OR s.last_seen_at > app_now() - make_interval(mins =>
             CASE u.role WHEN 'patient' THEN ${IDLE_MINUTES.patient}::int ELSE ${IDLE_MINUTES.doctor}::int END))`;
  if (!row) return null;
  if (row.stale && !quietly) {
    await db.$executeRaw`UPDATE sessions SET last_seen_at = app_now() WHERE id = ${row.session_id}::uuid`;
  }
  const { session_id: sessionId, user_id: userId, doctor_id: doctorId, ...person } = row;
  const { role, name, email, mfa } = person;
  return { sessionId, userId, role, name, email, doctorId, mfa };
}

/** The session of a request, or null. What a page asks by itself (`x-background`) is no activity. */
export async function authenticate(headers: Headers): Promise<Session | null> {
  const token = tokenOf(headers);
  return token ? sessionOfToken(token, headers.has("x-background")) : null;
}

type Person = { id: string; role: Role; name: string; mfa?: boolean };
type Device = { userAgent: string | null; requestId: string | null };

const asActor = (person: Person, device: Device): Actor => ({
  userId: person.id,
  role: person.role,
  requestId: device.requestId,
});

/** Starts a browser's session. @returns its token, for the cookie. */
export async function startBrowserSession(person: Person, device: Device): Promise<string> {
  const token = newToken();
  const end = after(BROWSER_HOURS[person.role] * 60 * MINUTE);
  await inTransaction(async (tx) => {
    const { id } = await tx.session.create({
      data: {
        userId: person.id,
        kind: "browser",
        device: (device.userAgent ?? "unknown").slice(0, 200),
        accessTokenHash: digest(token),
        accessExpiresAt: end,
        expiresAt: end,
        mfaAt: person.mfa ? new Date() : null,
      },
      select: { id: true },
    });
    await audit(tx, asActor(person, device), {
      action: "session.started",
      entityType: "session",
      entityId: id,
      detail: { kind: "browser" },
    });
  });
  return token;
}

async function issueTokens(tx: Tx, sessionId: string, person: Person, end: Date): Promise<Tokens> {
  const accessToken = newToken();
  const refreshToken = newToken();
  const accessExpiresAt = after(ACCESS_MINUTES * MINUTE);
  await tx.session.update({
    where: { id: sessionId },
    data: { accessTokenHash: digest(accessToken), accessExpiresAt, lastSeenAt: new Date() },
    select: { id: true },
  });
  await tx.refreshToken.create({ data: { hash: digest(refreshToken), sessionId, expiresAt: end } });
  return {
    accessToken,
    accessTokenExpiresAt: accessExpiresAt.toISOString(),
    refreshToken,
    refreshTokenExpiresAt: end.toISOString(),
    user: { id: person.id, role: person.role, name: person.name },
  };
}

/** Starts an API client's session with its first pair of tokens. */
export async function startApiSession(person: Person, device: Device): Promise<Tokens> {
  return inTransaction(async (tx) => {
    const id = uuidv7();
    const end = after(REFRESH_DAYS * 24 * 60 * MINUTE);
    await tx.session.create({
      data: {
        id,
        userId: person.id,
        kind: "api",
        device: (device.userAgent ?? "unknown").slice(0, 200),
        expiresAt: end,
        mfaAt: person.mfa ? new Date() : null,
      },
      select: { id: true },
    });
    await audit(tx, asActor(person, device), {
      action: "session.started",
      entityType: "session",
      entityId: id,
      detail: { kind: "api" },
    });
    return issueTokens(tx, id, person, end);
  });
}

/**
 * Trades a refresh token for a new pair; the old pair is dead. One conditional update decides.
 * @throws REFRESH_INVALID; REFRESH_REUSED for a spent one, which ends the whole session.
 */
export async function refreshSession(token: string, requestId: string | null): Promise<Tokens> {
  const outcome = await inTransaction(async (tx) => {
    const hash = digest(token);
    const { count } = await tx.refreshToken.updateMany({
      where: {
        hash,
        spentAt: null,
        session: { revokedAt: null, expiresAt: { gt: new Date() }, user: { status: "ACTIVE" } },
      },
      data: { spentAt: new Date() },
    });
    const known = await tx.refreshToken.findUnique({
      where: { hash },
      include: { session: { include: { user: true } } },
    });
    if (!known) return "REFRESH_INVALID" as const;
    const { session } = known;
    if (count === 1) {
      const { id, role, name } = session.user;
      return issueTokens(tx, session.id, { id, role, name }, session.expiresAt);
    }
    if (known.spentAt === null || session.revokedAt !== null) return "REFRESH_INVALID" as const;
    const actor: Actor = { userId: session.userId, role: session.user.role, requestId };
    await endSession(tx, actor, session.id, "refresh token reused");
    return "REFRESH_REUSED" as const;
  });
  if (typeof outcome === "string") throw new AppError(outcome);
  return outcome;
}

/** Ends a session: both its tokens are dead from the next call on. Ending an ended one does nothing. */
export async function endSession(
  tx: Tx,
  actor: Actor,
  sessionId: string,
  why: string,
): Promise<void> {
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  if (count === 0) return;
  await audit(tx, actor, {
    action: "session.ended",
    entityType: "session",
    entityId: sessionId,
    detail: { why },
  });
}

/** Ends every session of a person but `keep`. */
export async function endOtherSessions(
  tx: Tx,
  actor: Actor,
  userId: string,
  keep: string | null,
  why: string,
): Promise<void> {
  const live = await tx.session.findMany({
    where: { userId, revokedAt: null, ...(keep && { NOT: { id: keep } }) },
    select: { id: true },
  });
  for (const { id } of live) await endSession(tx, actor, id, why);
}
