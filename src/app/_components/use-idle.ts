import { useCallback, useEffect, useRef, useState } from "react";
import { useTRPCClient } from "../_trpc/client";
import { useClockAhead } from "./Clock";
import { refusalOf } from "./error-text";

const MINUTE = 60_000;
/** The server records activity at most once a minute, so reporting it more often has no effect. */
const REPORT_MS = MINUTE;
/** While the warning is shown the user can be active in another tab, so the page asks the server this often. */
const REFRESH_MS = 5000;
const CHANNEL = "amrutam-session";

/** When the session ends, on the server's clock, and whether activity can extend it. */
type SessionEnd = { at: number; canStay: boolean };

/**
 * Tracks when the session ends. Only the server knows this, because activity in other tabs counts too. The
 * hook asks the server when the end seems a minute away, and again before it calls `onEnd`. It reports
 * typing and clicking to the server, so that somebody who writes a long note is not idle.
 * @param onEnd `wasIdle` is false if the session reached the longest time that one may last.
 */
export function useIdle(onEnd: (wasIdle: boolean) => void) {
  const client = useTRPCClient();
  const ahead = useClockAhead();
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
        const [idle, whole] = [Date.parse(answer.idleEndsAt), Date.parse(answer.endsAt)];
        known.current = { at: Math.min(idle, whole), canStay: idle < whole };
        setEnd(known.current);
        setNow(Date.now() + ahead());
      } catch (error) {
        // After the end, an unreachable server counts as signed out, so that no records stay on the screen.
        const past = Date.now() + ahead() >= known.current.at;
        if (hasEnded.current || !(past || refusalOf(error).reason === "NOT_SIGNED_IN")) return;
        hasEnded.current = true;
        onEnd(known.current.canStay);
      }
    },
    [ahead, onEnd],
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
  const warning = left <= MINUTE;

  // Before the warning, one timer waits until it is due. During the warning one timer moves the countdown,
  // and another asks the server again.
  useEffect(() => {
    if (!end) return;
    if (warning) {
      const tick = setInterval(() => {
        setNow(Date.now() + ahead());
        if (Date.now() + ahead() >= end.at) refresh();
      }, 1000);
      const ask = setInterval(refresh, REFRESH_MS);
      return () => {
        clearInterval(tick);
        clearInterval(ask);
      };
    }
    const wait = setTimeout(refresh, Math.max(1000, end.at - MINUTE - (Date.now() + ahead())));
    return () => clearTimeout(wait);
  }, [end, warning, ahead, refresh]);

  // The timers are late after the device slept or the tab was in the background.
  useEffect(() => {
    const wake = () => document.visibilityState === "visible" && refresh();
    document.addEventListener("visibilitychange", wake);
    return () => document.removeEventListener("visibilitychange", wake);
  }, [refresh]);

  useEffect(() => {
    if (warning) return;
    const report = () => {
      if (Date.now() - reportedAt.current >= REPORT_MS) stay();
    };
    addEventListener("pointerdown", report);
    addEventListener("keydown", report);
    return () => {
      removeEventListener("pointerdown", report);
      removeEventListener("keydown", report);
    };
  }, [warning, stay]);

  return { warning, left: Math.max(0, left), canStay: end?.canStay ?? true, stay };
}
