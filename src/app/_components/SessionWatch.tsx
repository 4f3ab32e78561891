"use client";

import type { Viewer } from "../_trpc/server";
import { IdleWarning } from "./IdleWarning";
import { useSessionEnd } from "./use-session-end";

/** Notices when the session of whoever is signed in ends, and warns staff before it does for idleness. */
export function SessionWatch({ role }: { role: Viewer["role"] }) {
  const leave = useSessionEnd();
  return role === "patient" ? null : <IdleWarning onEnd={() => leave("idle")} />;
}
