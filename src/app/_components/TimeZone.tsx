"use client";

import { useQuery } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { useTRPC } from "../_trpc/client";
import { type ClockDifference, clockDifferenceAt } from "./device-zone";
import { takeZoneTable, type ZoneTable } from "./format";
import { DEFAULT_ZONE, modernZone, timeZoneCookie, type ViewerZone } from "./time-zone-cookie";

type TimeZoneContext = {
  zone: string;
  /** False until the browser's zone and the server's table of its clock changes are known. */
  known: boolean;
  setZone: (zone: string) => void;
  /** A time on the page that the device would show otherwise than we do. */
  clockDifference: ClockDifference | null;
  checkShownTime: (at: string) => void;
};

const Context = createContext<TimeZoneContext>({
  zone: DEFAULT_ZONE,
  known: false,
  setZone: () => {},
  clockDifference: null,
  checkShownTime: () => {},
});

function remember(value: ViewerZone): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from Firefox and Safari.
  document.cookie = timeZoneCookie(value);
}

/**
 * Asks the server for the clocks of a zone, by which `format` then shows its times.
 * @returns whether they are there. Where the server cannot be reached, the device's own have to do.
 */
export function useZoneTable(zone: string, enabled = true): boolean {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.availability.zone.queryOptions(
      { timezone: zone },
      { enabled, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  if (query.data) takeZoneTable(query.data);
  return query.isSuccess || query.isError;
}

/** Gives every time on the page one zone, the one chosen, else the browser's, and one source of its clocks. */
export function TimeZoneProvider({
  initial,
  table,
  children,
}: {
  initial: ViewerZone | null;
  /** The clocks of the initial zone. */
  table: ZoneTable | null;
  children: ReactNode;
}) {
  const [viewer, setViewer] = useState(initial);
  const [clockDifference, setDisagreement] = useState<ClockDifference | null>(null);
  // Before the first time is shown, and so that the first rendering repeats the server's.
  useState(() => table && takeZoneTable(table));
  const zone = viewer?.zone ?? DEFAULT_ZONE;
  const isGiven = zone === table?.zone;
  const isLoaded = useZoneTable(zone, viewer !== null && !isGiven);

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

  const setZone = useCallback((next: string) => {
    const chosen = { zone: next, chosen: true };
    remember(chosen);
    setDisagreement(null);
    setViewer(chosen);
  }, []);

  const checkShownTime = useCallback(
    (at: string) => setDisagreement((known) => known ?? clockDifferenceAt(at, zone)),
    [zone],
  );

  const known = viewer !== null && (isGiven || isLoaded);
  const value = useMemo(
    () => ({ zone, known, setZone, clockDifference, checkShownTime }),
    [zone, known, setZone, clockDifference, checkShownTime],
  );
  return <Context value={value}>{children}</Context>;
}

/** The viewer's zone and how to change it. */
export function useTimeZone(): TimeZoneContext {
  return useContext(Context);
}

/** Compares a time that is shown with what the device would say. */
export function useClockCheck(at: string): void {
  const { known, checkShownTime } = useTimeZone();
  useEffect(() => {
    if (known) checkShownTime(at);
  }, [known, checkShownTime, at]);
}
