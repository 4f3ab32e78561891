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

/** Lets the forms below save their drafts when the session ends. Passwords and codes are never saved. */
export function DraftsProvider({
  userId,
  children,
}: {
  userId: string | null;
  children: ReactNode;
}) {
  const [drafts] = useState(() => new Drafts(userId));
  useEffect(() => drafts.deleteOthers(), [drafts]);
  return <Context value={drafts}>{children}</Context>;
}

/** Returns a function that saves all drafts in this tab and returns the path to return to. */
export function useSaveDrafts(): () => string {
  const drafts = useContext(Context);
  return useCallback(() => drafts.save(), [drafts]);
}

/**
 * Saves a form's value when the session ends, and restores it once the same user has signed in again in
 * the same tab.
 * @param name identifies the form and its record.
 * @param value null while there is nothing to save.
 * @param shape a saved value of another shape is ignored.
 */
export function useDraft<T>(
  name: string,
  value: T | null,
  shape: z.ZodType<T>,
  restore: (value: T) => void,
): void {
  const drafts = useContext(Context);
  const current = useEffectEvent(() => value);
  const restoreSaved = useEffectEvent((saved: unknown) => {
    const { data } = shape.safeParse(saved);
    if (data !== undefined) restore(data);
  });
  useEffect(() => {
    const saved = drafts.take(name);
    if (saved !== undefined) restoreSaved(saved);
    return drafts.register(name, () => current());
  }, [drafts, name]);
}

/** Sets the path that opens this page in its current state, for example with a dialog. Null: the page's own path. */
export function useReturnPath(path: string | null): void {
  const drafts = useContext(Context);
  useEffect(() => (path === null ? undefined : drafts.setReturnPath(path)), [drafts, path]);
}
