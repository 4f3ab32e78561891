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
  /** False until the browser's zone is known and the zone's clock changes are loaded from the server. */
  known: boolean;
  setZone: (zone: string) => void;
  /** The first time on the page that the device would show differently than the server does. */
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

function saveZone(value: ViewerZone): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from Firefox and Safari.
  document.cookie = timeZoneCookie(value);
}

/**
 * Loads the clock changes of a zone from the server. `format` then uses them for times in this zone.
 * @returns true once they are loaded. Also true if the request failed: then the device's own zone data is
 * used.
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

/**
 * Provides the time zone of all times on the page: the zone that the viewer chose, otherwise the
 * browser's zone.
 */
export function TimeZoneProvider({
  initial,
  table,
  children,
}: {
  initial: ViewerZone | null;
  /** The clock changes of the initial zone. */
  table: ZoneTable | null;
  children: ReactNode;
}) {
  const [viewer, setViewer] = useState(initial);
  const [clockDifference, setDisagreement] = useState<ClockDifference | null>(null);
  // Runs before the first time is formatted, so that the first rendering equals the server's.
  useState(() => table && takeZoneTable(table));
  const zone = viewer?.zone ?? DEFAULT_ZONE;
  const isGiven = zone === table?.zone;
  const isLoaded = useZoneTable(zone, viewer !== null && !isGiven);

  useEffect(() => {
    // The browser's zone is read again on each visit, because people travel. A chosen zone stays.
    if (initial?.chosen) return;
    const detected = {
      zone: modernZone(Intl.DateTimeFormat().resolvedOptions().timeZone || DEFAULT_ZONE),
      chosen: false,
    };
    saveZone(detected);
    setViewer((now) => (now?.zone === detected.zone ? now : detected));
  }, [initial]);

  const setZone = useCallback((next: string) => {
    const chosen = { zone: next, chosen: true };
    saveZone(chosen);
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

/** Returns the viewer's zone and the function that changes it. */
export function useTimeZone(): TimeZoneContext {
  return useContext(Context);
}

/** Checks whether the device would show a time differently, for the warning in `DeviceNotice`. */
export function useClockCheck(at: string): void {
  const { known, checkShownTime } = useTimeZone();
  useEffect(() => {
    if (known) checkShownTime(at);
  }, [known, checkShownTime, at]);
}
