import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { env } from "@/env";
import { createCallerFromHeaders } from "@/server/trpc/caller";

/** Who is looking at the page. */
export type Viewer = {
  userId: string;
  role: "patient" | "doctor" | "admin";
  name: string;
  email: string;
  /** Whether the second factor was given in this session. */
  mfa: boolean;
};

const fromRequest = cache(async () => createCallerFromHeaders(await headers()));

/** The API, called as the viewer and without HTTP. */
export async function caller() {
  return (await fromRequest()).caller;
}

/** The signed-in viewer, or null. */
export async function getSession(): Promise<Viewer | null> {
  const { session } = await fromRequest();
  return session();
}

/** Whether the API lets a role do nothing without a second factor, but for setting one up. */
export function isMfaRequired(role: Viewer["role"]): boolean {
  return env.REQUIRE_MFA.some((one) => one === role);
}

/** Whoever is signed in; others are sent to sign in, and who lacks a second factor to set one up. */
export async function requireViewer(path: string): Promise<Viewer> {
  const session = await getSession();
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  if (isMfaRequired(session.role) && !session.mfa) {
    redirect(`/account/two-step?next=${encodeURIComponent(path)}`);
  }
  return session;
}

/** The viewer in the role that a page is for; others are sent to sign in, or home. */
export async function requireRole(role: Viewer["role"], path: string): Promise<Viewer> {
  const session = await requireViewer(path);
  if (session.role !== role) redirect("/");
  return session;
}

/** Whether the browser, or a crawler, asks for a document, and not a page of ours for a part of the next. */
export async function isDocumentRequest(): Promise<boolean> {
  // Next hides its own headers of such requests from pages.
  return (await headers()).get("sec-fetch-dest") !== "empty";
}

/** Runs a call whose "not found" (or an id that cannot be one) is the not-found page. */
export async function orNotFound<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TRPCError && ["NOT_FOUND", "BAD_REQUEST"].includes(error.code)) notFound();
    throw error;
  }
}

/** Runs a call; null where too many were made in a short time, so that the rest of the page still shows. */
export async function nullIfRateLimited<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "TOO_MANY_REQUESTS") return null;
    throw error;
  }
}

/** Who runs the clinic and how to reach it; what is not configured is undefined. */
export function clinic() {
  return {
    name: env.CLINIC_NAME,
    address: env.CLINIC_ADDRESS,
    email: env.CLINIC_EMAIL,
    phone: env.CLINIC_PHONE,
  };
}

/** True where the demo accounts exist. */
export function isDemo(): boolean {
  return env.isDemo;
}
