"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";

/**
 * The server's time when it rendered the document, and the milliseconds by which the server's clock is
 * ahead of the device's clock.
 */
type ServerClock = { renderedAt: number; ahead: () => number };

const Context = createContext<ServerClock>({ renderedAt: 0, ahead: () => 0 });

/** A smaller difference is network delay, not a wrong clock. */
const NOISE_MS = 2000;

/** Compares the server's time with the time when the document's response began to arrive. */
function measureAhead(renderedAt: number): number {
  const [document] = performance.getEntriesByType("navigation");
  const responseStart =
    document instanceof PerformanceNavigationTiming ? document.responseStart : 0;
  const ahead = renderedAt - (performance.timeOrigin + responseStart);
  return Math.abs(ahead) < NOISE_MS ? 0 : ahead;
}

/**
 * Lets countdowns follow the server's clock, because the server decides when a hold ends. The clock of a
 * phone can be minutes wrong.
 */
export function ClockProvider({
  renderedAt,
  children,
}: {
  renderedAt: number;
  children: ReactNode;
}) {
  const value = useMemo(() => {
    let measured: number | undefined;
    return {
      renderedAt,
      ahead: () => {
        measured ??= measureAhead(renderedAt);
        return measured;
      },
    };
  }, [renderedAt]);
  return <Context value={value}>{children}</Context>;
}

/**
 * Returns a function that answers by how many milliseconds the server's clock is ahead of the device's.
 * Call it after the first rendering only.
 */
export const useClockAhead = (): (() => number) => useContext(Context).ahead;

/**
 * Returns the server's time, updated at an interval. The first rendering uses the time at which the server
 * rendered, so that both renderings are equal.
 */
export function useServerNow(everyMs = 1000): number {
  const { renderedAt, ahead } = useContext(Context);
  const [now, setNow] = useState(renderedAt);
  useLayoutEffect(() => {
    const tick = () => setNow(Date.now() + ahead());
    tick();
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [ahead, everyMs]);
  return now;
}
