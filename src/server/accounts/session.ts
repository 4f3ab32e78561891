import { randomBytes } from "node:crypto";
import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { sha256 } from "../platform/crypto";
import { IDLE_MINUTES } from "./rules";
import type { Role } from "./schema";

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

/** The cookie outlives every session; the row decides. */
export const COOKIE_SECONDS = 30 * 24 * 3600;

/** `__Host-` pins the cookie to this origin; browsers accept it over HTTPS alone. */
export const sessionCookie = (): string =>
  env.APP_URL.startsWith("https:") ? "__Host-amrutam-session" : "amrutam-session";

export const newToken = () => randomBytes(32).toString("base64url");
export const digest = (token: string) => new Uint8Array(sha256(token));

/** An SQL condition on a session `s` and its user `u`: the last request is recent enough. */
export const isAwake = Prisma.sql`s.last_seen_at > app_now() - make_interval(mins =>
  CASE u.role WHEN 'patient' THEN ${IDLE_MINUTES.patient}::int ELSE ${IDLE_MINUTES.doctor}::int END)`;

/** Finds the token of a request: the bearer's, or the one in the browser's cookie. */
export function tokenOf(headers: Headers): string | null {
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer) return bearer;
  const name = sessionCookie();
  for (const pair of (headers.get("cookie") ?? "").split(/; */)) {
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return null;
}
