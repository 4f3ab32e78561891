"use client";

import { useEffect, useState } from "react";

/** The time, again every `everyMs`. Rendered first as `initial`, so that server and browser agree. */
export function useNow(initial: number, everyMs = 1000): number {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    // The server's clock decides about holds; the difference to ours is kept while the page is open.
    const ahead = initial - Date.now();
    const timer = setInterval(() => setNow(Date.now() + ahead), everyMs);
    return () => clearInterval(timer);
  }, [initial, everyMs]);
  return now;
}
