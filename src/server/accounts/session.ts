import { randomBytes } from "node:crypto";
import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { sha256 } from "../platform/crypto";
import { IDLE_MINUTES } from "./rules";
import type { Role } from "./schema";

/** The session of a request and its user, as they are in the database at the time of the request. */
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

/** At least as long as every session. The row in the database decides when the session ends. */
export const COOKIE_SECONDS = 30 * 24 * 3600;

/** `__Host-` binds the cookie to this origin. Browsers accept such a cookie only over HTTPS. */
export const sessionCookie = (): string =>
  env.APP_URL.startsWith("https:") ? "__Host-amrutam-session" : "amrutam-session";

export const newToken = () => randomBytes(32).toString("base64url");
export const digest = (token: string) => new Uint8Array(sha256(token));

/** An SQL condition on a session `s` and its user `u`: the session has not ended for lack of requests. */
export const isNotIdle = Prisma.sql`s.last_seen_at > app_now() - make_interval(mins =>
  CASE u.role WHEN 'patient' THEN ${IDLE_MINUTES.patient}::int ELSE ${IDLE_MINUTES.doctor}::int END)`;

/** Finds the access token of a request: in the Authorization header, or in the browser's cookie. */
export function tokenOf(headers: Headers): string | null {
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer) return bearer;
  const name = sessionCookie();
  for (const pair of (headers.get("cookie") ?? "").split(/; */)) {
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return null;
}
