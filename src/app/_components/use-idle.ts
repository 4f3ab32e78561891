import { useCallback, useEffect, useRef, useState } from "react";
import { useTRPCClient } from "../_trpc/client";
import { useClockAhead } from "./Clock";
import { refusalOf } from "./error-text";

const MINUTE = 60_000;
/** The server writes activity down this coarsely as well; asking more often would be in vain. */
const TELL_MS = MINUTE;
/** While the warning stands another tab may have been used: look that often. */
const LOOK_MS = 5000;
const CHANNEL = "amrutam-session";

/** When the session ends, on the server's clock, and whether staying is up to us. */
export type SessionEnd = { at: number; canStay: boolean };

/**
 * Follows the end of an idle session. The server alone knows it, since other tabs count as well: it is
 * asked when the end seems a minute away, and again before anyone is sent away. Typing and clicking
 * here is told to the server, so that writing a long note is not idleness.
 */
export function useIdle(onEnd: () => void) {
  const client = useTRPCClient();
  const ahead = useClockAhead();
  const [end, setEnd] = useState<SessionEnd | null>(null);
  const [now, setNow] = useState(0);
  const told = useRef(Date.now());
  const over = useRef(false);
  const endsAt = useRef(Number.POSITIVE_INFINITY);
  const channel = useRef<BroadcastChannel | null>(null);

  const read = useCallback(
    async (ask: () => Promise<{ idleEndsAt: string; endsAt: string }>) => {
      try {
        const answer = await ask();
        const [idle, whole] = [Date.parse(answer.idleEndsAt), Date.parse(answer.endsAt)];
        endsAt.current = Math.min(idle, whole);
        setEnd({ at: endsAt.current, canStay: idle < whole });
        setNow(Date.now() + ahead());
      } catch (error) {
        // Past the end a server that cannot be reached counts as a no: records do not stay on the screen.
        const past = Date.now() + ahead() >= endsAt.current;
        if (over.current || !(past || refusalOf(error).reason === "NOT_SIGNED_IN")) return;
        over.current = true;
        onEnd();
      }
    },
    [ahead, onEnd],
  );
  const look = useCallback(() => read(() => client.me.activity.query()), [client, read]);
  const stay = useCallback(async () => {
    told.current = Date.now();
    await read(() => client.me.stay.mutate());
    channel.current?.postMessage("stayed");
  }, [client, read]);

  useEffect(() => {
    channel.current = new BroadcastChannel(CHANNEL);
    channel.current.onmessage = () => look();
    look();
    return () => channel.current?.close();
  }, [look]);

  const left = end ? end.at - now : Number.POSITIVE_INFINITY;
  const warning = left <= MINUTE;

  // One timer at a time: towards the warning, then each second, with a look at the server in between.
  useEffect(() => {
    if (!end) return;
    if (warning) {
      const tick = setInterval(() => {
        setNow(Date.now() + ahead());
        if (Date.now() + ahead() >= end.at) look();
      }, 1000);
      const ask = setInterval(look, LOOK_MS);
      return () => {
        clearInterval(tick);
        clearInterval(ask);
      };
    }
    const wait = setTimeout(look, Math.max(1000, end.at - MINUTE - (Date.now() + ahead())));
    return () => clearTimeout(wait);
  }, [end, warning, ahead, look]);

  // A laptop that slept, or a tab in the background: its timers are late.
  useEffect(() => {
    const wake = () => document.visibilityState === "visible" && look();
    document.addEventListener("visibilitychange", wake);
    return () => document.removeEventListener("visibilitychange", wake);
  }, [look]);

  useEffect(() => {
    if (warning) return;
    const tell = () => {
      if (Date.now() - told.current >= TELL_MS) stay();
    };
    addEventListener("pointerdown", tell);
    addEventListener("keydown", tell);
    return () => {
      removeEventListener("pointerdown", tell);
      removeEventListener("keydown", tell);
    };
  }, [warning, stay]);

  return { warning, left: Math.max(0, left), canStay: end?.canStay ?? true, stay };
}
