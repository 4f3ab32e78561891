"use client";

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { DEFAULT_ZONE, modernZone, timeZoneCookie, type ViewerZone } from "./time-zone-cookie";

type TimeZoneContext = {
  zone: string;
  /** False only on a first visit, before the browser has told its zone. */
  known: boolean;
  setZone: (zone: string) => void;
};

const Context = createContext<TimeZoneContext>({
  zone: DEFAULT_ZONE,
  known: false,
  setZone: () => {},
});

function remember(value: ViewerZone): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from Firefox and Safari.
  document.cookie = timeZoneCookie(value);
}

/** Gives every time on the page one zone: the one chosen, else the browser's. */
export function TimeZoneProvider({
  initial,
  children,
}: {
  initial: ViewerZone | null;
  children: ReactNode;
}) {
  const [viewer, setViewer] = useState(initial);

  useEffect(() => {
    // A zone that was found is found again each visit, since people travel; one that was chosen stays.
    if (initial?.chosen) return;
    const found = {
      zone: modernZone(Intl.DateTimeFormat().resolvedOptions().timeZone || DEFAULT_ZONE),
      chosen: false,
    };
    remember(found);
    setViewer((now) => (now?.zone === found.zone ? now : found));
  }, [initial]);

  const setZone = useCallback((zone: string) => {
    const chosen = { zone, chosen: true };
    remember(chosen);
    setViewer(chosen);
  }, []);

  const value = useMemo(
    () => ({ zone: viewer?.zone ?? DEFAULT_ZONE, known: viewer !== null, setZone }),
    [viewer, setZone],
  );
  return <Context value={value}>{children}</Context>;
}

/** The viewer's zone and how to change it. */
export function useTimeZone(): TimeZoneContext {
  return useContext(Context);
}
