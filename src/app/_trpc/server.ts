import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { env } from "@/env";
import { createCallerFromHeaders } from "@/server/trpc/caller";

/** The signed-in user for whom a page is rendered. */
export type Viewer = {
  userId: string;
  role: "patient" | "doctor" | "admin";
  name: string;
  email: string;
  /** Whether the user gave the second factor in this session. */
  mfa: boolean;
};

const fromRequest = cache(async () => createCallerFromHeaders(await headers()));

/** Returns the API for calls as the viewer, without HTTP. */
export async function caller() {
  return (await fromRequest()).caller;
}

/** Returns the signed-in viewer, or null. */
export async function getSession(): Promise<Viewer | null> {
  const { session } = await fromRequest();
  return session();
}

/** Tells whether a role must have a second factor. Without it the API only allows setting it up. */
export function isMfaRequired(role: Viewer["role"]): boolean {
  return env.REQUIRE_MFA.some((required) => required === role);
}

/**
 * Returns the viewer. Redirects guests to sign-in, and a viewer without a required second factor to its
 * setup. @param path the path to return to.
 */
export async function requireViewer(path: string): Promise<Viewer> {
  const session = await getSession();
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  if (isMfaRequired(session.role) && !session.mfa) {
    redirect(`/account/two-step?next=${encodeURIComponent(path)}`);
  }
  return session;
}

/** Returns the viewer if they have the role. Redirects guests to sign-in and other roles to the home page. */
export async function requireRole(role: Viewer["role"], path: string): Promise<Viewer> {
  const session = await requireViewer(path);
  if (session.role !== role) redirect("/");
  return session;
}

/** Tells whether the request is for a whole document. A navigation inside the app fetches only a part. */
export async function isDocumentRequest(): Promise<boolean> {
  // Next removes its own headers of such requests, so pages cannot read them.
  return (await headers()).get("sec-fetch-dest") !== "empty";
}

/** Awaits a call. Shows the not-found page if it answers NOT_FOUND, or BAD_REQUEST for a malformed id. */
export async function orNotFound<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TRPCError && ["NOT_FOUND", "BAD_REQUEST"].includes(error.code)) notFound();
    throw error;
  }
}

/** Awaits a call. Returns null if it exceeds a rate limit, so that the rest of the page is still shown. */
export async function nullIfRateLimited<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "TOO_MANY_REQUESTS") return null;
    throw error;
  }
}

/** Returns the clinic's name and contact data; fields that are not configured are undefined. */
export function clinic() {
  return {
    name: env.CLINIC_NAME,
    address: env.CLINIC_ADDRESS,
    email: env.CLINIC_EMAIL,
    phone: env.CLINIC_PHONE,
  };
}

/** Tells whether the demo accounts exist. */
export function isDemo(): boolean {
  return env.isDemo;
}
