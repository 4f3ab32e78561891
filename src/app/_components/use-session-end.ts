import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { useSaveDrafts } from "./Drafts";
import { refusalOf } from "./error-text";
import { markSessionOver } from "./session-over";

/** Why somebody finds themselves at the sign-in page. */
export type EndReason = "idle" | "ended";

/**
 * Leads to sign-in, with the way back, once the server says that the session is over: signed out from
 * another device, suspended, another password. What was typed and not sent is kept for the same person.
 * @returns the same as a function.
 */
export function useSessionEnd(): (why: EndReason) => void {
  const queries = useQueryClient();
  const keepDrafts = useSaveDrafts();
  const leave = useCallback(
    (why: EndReason) => {
      // Nobody is there to come back soon: an unattended screen keeps nothing.
      const next = why === "idle" ? location.pathname + location.search : keepDrafts();
      markSessionOver();
      // A whole page load: nothing of the account stays in this tab's memory.
      location.replace(`/sign-in?why=${why}&next=${encodeURIComponent(next)}`);
    },
    [keepDrafts],
  );

  useEffect(() => {
    const isOver = (error: unknown) => refusalOf(error).reason === "NOT_SIGNED_IN";
    const stops = [
      queries.getQueryCache().subscribe(({ type, query }) => {
        if (type === "updated" && isOver(query.state.error)) leave("ended");
      }),
      queries.getMutationCache().subscribe(({ type, mutation }) => {
        if (type === "updated" && isOver(mutation.state.error)) leave("ended");
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [queries, leave]);
  return leave;
}
