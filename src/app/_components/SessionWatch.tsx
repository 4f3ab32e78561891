"use client";

import type { Viewer } from "../_trpc/server";
import { IdleWarning } from "./IdleWarning";
import { useSessionEnd } from "./use-session-end";

/** Leaves the page when the session ends. Warns doctors and admins before an idle session ends. */
export function SessionWatch({ role }: { role: Viewer["role"] }) {
  const leave = useSessionEnd();
  return role === "patient" ? null : (
    <IdleWarning onEnd={(wasIdle) => leave(wasIdle ? "idle" : "ended")} />
  );
}
