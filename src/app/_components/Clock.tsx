"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";

/** The server's time when it rendered the document, and how far its clock is ahead of ours. */
type ServerClock = { renderedAt: number; ahead: () => number };

const Context = createContext<ServerClock>({ renderedAt: 0, ahead: () => 0 });

/** Differences below this are the line's, not the clock's. */
const NOISE_MS = 2000;

/** Measured once a document: against the moment its answer began to arrive, not when scripts got to run. */
function measure(renderedAt: number): number {
  const [document] = performance.getEntriesByType("navigation");
  const began = document instanceof PerformanceNavigationTiming ? document.responseStart : 0;
  const ahead = renderedAt - (performance.timeOrigin + began);
  return Math.abs(ahead) < NOISE_MS ? 0 : ahead;
}

/** Lets countdowns follow the server's clock, which decides about holds; a phone's may be minutes off. */
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
        measured ??= measure(renderedAt);
        return measured;
      },
    };
  }, [renderedAt]);
  return <Context value={value}>{children}</Context>;
}

/** How far the server's clock is ahead of ours, in milliseconds; asked for after the first rendering. */
export const useClockAhead = (): (() => number) => useContext(Context).ahead;

/** The server's time, every second. The first rendering repeats the server's own, so that both agree. */
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
