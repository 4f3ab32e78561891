import { useCallback, useEffect, useRef, useState } from "react";
import { useTRPCClient } from "../_trpc/client";
import { useClockAhead } from "./Clock";
import { refusalOf } from "./error-text";

const MINUTE = 60_000;
/** The server records activity at most once a minute, so reporting it more often has no effect. */
const REPORT_MS = MINUTE;
/** How often the hook asks the server during the warning, because the user can be active in another tab. */
const REFRESH_MS = 5000;
const CHANNEL = "amrutam-session";

/** When the session ends, on the server's clock, and whether activity can extend it. */
type SessionEnd = { at: number; canStay: boolean };

/**
 * Tracks when the session ends. Activity in other tabs extends the session too, so the hook asks the server
 * one minute before the end that it knows, and again before it calls `onEnd`. The hook reports typing and
 * clicks to the server, so that the session of somebody who writes a long note does not end.
 * @param onEnd `wasIdle` is false if the session reached its maximum length.
 */
export function useIdle(onEnd: (wasIdle: boolean) => void) {
  const client = useTRPCClient();
  const clockAheadMs = useClockAhead();
  const [end, setEnd] = useState<SessionEnd | null>(null);
  const [now, setNow] = useState(0);
  const reportedAt = useRef(Date.now());
  const hasEnded = useRef(false);
  const known = useRef<SessionEnd>({ at: Number.POSITIVE_INFINITY, canStay: true });
  const channel = useRef<BroadcastChannel | null>(null);

  const read = useCallback(
    async (ask: () => Promise<{ idleEndsAt: string; endsAt: string }>) => {
      try {
        const answer = await ask();
        const [idleEnd, maximumEnd] = [Date.parse(answer.idleEndsAt), Date.parse(answer.endsAt)];
        known.current = { at: Math.min(idleEnd, maximumEnd), canStay: idleEnd < maximumEnd };
        setEnd(known.current);
        setNow(Date.now() + clockAheadMs());
      } catch (error) {
        // After the known end, any error ends the session here too, so that no records stay on the screen.
        const isPast = Date.now() + clockAheadMs() >= known.current.at;
        if (hasEnded.current || !(isPast || refusalOf(error).reason === "NOT_SIGNED_IN")) return;
        hasEnded.current = true;
        onEnd(known.current.canStay);
      }
    },
    [clockAheadMs, onEnd],
  );
  const refresh = useCallback(() => read(() => client.me.activity.query()), [client, read]);
  const stay = useCallback(async () => {
    reportedAt.current = Date.now();
    await read(() => client.me.stay.mutate());
    channel.current?.postMessage("stayed");
  }, [client, read]);

  useEffect(() => {
    channel.current = new BroadcastChannel(CHANNEL);
    channel.current.onmessage = () => refresh();
    refresh();
    return () => channel.current?.close();
  }, [refresh]);

  const left = end ? end.at - now : Number.POSITIVE_INFINITY;
  const isWarning = left <= MINUTE;

  // Before the warning, a timer asks the server when the warning is due. During the warning, one timer
  // updates the countdown, and another timer asks the server again.
  useEffect(() => {
    if (!end) return;
    if (isWarning) {
      const tick = setInterval(() => {
        setNow(Date.now() + clockAheadMs());
        if (Date.now() + clockAheadMs() >= end.at) refresh();
      }, 1000);
      const ask = setInterval(refresh, REFRESH_MS);
      return () => {
        clearInterval(tick);
        clearInterval(ask);
      };
    }
    const wait = setTimeout(
      refresh,
      Math.max(1000, end.at - MINUTE - (Date.now() + clockAheadMs())),
    );
    return () => clearTimeout(wait);
  }, [end, isWarning, clockAheadMs, refresh]);

  // While the device sleeps or the tab is in the background, timers can be late.
  useEffect(() => {
    const refreshIfVisible = () => document.visibilityState === "visible" && refresh();
    document.addEventListener("visibilitychange", refreshIfVisible);
    return () => document.removeEventListener("visibilitychange", refreshIfVisible);
  }, [refresh]);

  useEffect(() => {
    if (isWarning) return;
    const report = () => {
      if (Date.now() - reportedAt.current >= REPORT_MS) stay();
    };
    addEventListener("pointerdown", report);
    addEventListener("keydown", report);
    return () => {
      removeEventListener("pointerdown", report);
      removeEventListener("keydown", report);
    };
  }, [isWarning, stay]);

  return { isWarning, left: Math.max(0, left), canStay: end?.canStay ?? true, stay };
}
