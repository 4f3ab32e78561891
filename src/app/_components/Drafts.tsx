"use client";

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useEffectEvent,
  useState,
} from "react";
import type { z } from "zod";
import { Drafts } from "./draft-store";

const Context = createContext(new Drafts(null));

/** Lets forms below keep what was typed when the session ends. Passwords and codes are never kept. */
export function DraftsProvider({
  userId,
  children,
}: {
  userId: string | null;
  children: ReactNode;
}) {
  const [drafts] = useState(() => new Drafts(userId));
  useEffect(() => drafts.tidy(), [drafts]);
  return <Context value={drafts}>{children}</Context>;
}

/** Keeps all drafts in this tab. @returns a function that answers where to come back to. */
export function useSaveDrafts(): () => string {
  const drafts = useContext(Context);
  return useCallback(() => drafts.keep(), [drafts]);
}

/**
 * Keeps a form's value when the session ends while somebody types, and gives it back once the same
 * person has signed in again in the same tab.
 * @param name one for each form and record. @param value null while there is nothing to keep.
 */
export function useDraft<T>(
  name: string,
  value: T | null,
  shape: z.ZodType<T>,
  restore: (value: T) => void,
): void {
  const drafts = useContext(Context);
  const current = useEffectEvent(() => value);
  const giveBack = useEffectEvent((kept: unknown) => {
    const { data } = shape.safeParse(kept);
    if (data !== undefined) restore(data);
  });
  useEffect(() => {
    const kept = drafts.take(name);
    if (kept !== undefined) giveBack(kept);
    return drafts.register(name, () => current());
  }, [drafts, name]);
}

/** Names the address that leads back to what is open on this page; null while that is the page's own. */
export function useReturnPath(path: string | null): void {
  const drafts = useContext(Context);
  useEffect(() => (path === null ? undefined : drafts.comeBackTo(path)), [drafts, path]);
}
