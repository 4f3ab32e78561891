import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { useSaveDrafts } from "./Drafts";
import { refusalOf } from "./error-text";
import { markSessionOver } from "./session-over";

/** Why the user was sent to the sign-in page. */
export type EndReason = "idle" | "ended";

/**
 * Goes to the sign-in page once the server answers that the session has ended, for example because the
 * user was suspended or changed the password. It saves drafts, and sign-in returns to the same page.
 * @returns a function that does the same at once.
 */
export function useSessionEnd(): (why: EndReason) => void {
  const queries = useQueryClient();
  const saveDrafts = useSaveDrafts();
  const leave = useCallback(
    (why: EndReason) => {
      // After an idle end no drafts are saved, because the screen may be unattended.
      const next = why === "idle" ? location.pathname + location.search : saveDrafts();
      markSessionOver();
      // A full page load removes the account's data from this tab's memory.
      location.replace(`/sign-in?why=${why}&next=${encodeURIComponent(next)}`);
    },
    [saveDrafts],
  );

  useEffect(() => {
    const isOver = (error: unknown) => refusalOf(error).reason === "NOT_SIGNED_IN";
    const unsubscribers = [
      queries.getQueryCache().subscribe(({ type, query }) => {
        if (type === "updated" && isOver(query.state.error)) leave("ended");
      }),
      queries.getMutationCache().subscribe(({ type, mutation }) => {
        if (type === "updated" && isOver(mutation.state.error)) leave("ended");
      }),
    ];
    return () => {
      for (const unsubscribe of unsubscribers) unsubscribe();
    };
  }, [queries, leave]);
  return leave;
}
