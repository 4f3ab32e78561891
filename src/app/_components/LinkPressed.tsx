"use client";

import { useLinkStatus } from "next/link";

/**
 * Marks the link around it from the click until the next page is shown. CSS selects the link with
 * `:has([data-pressed])`.
 */
export function LinkPressed() {
  const { pending } = useLinkStatus();
  return pending ? <span data-pressed hidden /> : null;
}
