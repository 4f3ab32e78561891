import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { refusalOf } from "./error-text";

/** Why somebody finds themselves at the sign-in page. */
export type EndReason = "idle" | "ended";

/**
 * Leads to sign-in, with the way back, once the server says that the session is over: signed out from
 * another device, suspended, another password. @returns the same as a function.
 */
export function useSessionEnd(): (why: EndReason) => void {
  const queries = useQueryClient();
  const leave = useCallback((why: EndReason) => {
    const next = encodeURIComponent(location.pathname + location.search);
    // A whole page load: nothing of the account stays in this tab's memory.
    location.replace(`/sign-in?why=${why}&next=${next}`);
  }, []);

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
