"use client";

import { useLinkStatus } from "next/link";

/** Marks the link around it from the press until the next page shows: `:has([data-pressed])` in CSS. */
export function LinkPressed() {
  const { pending } = useLinkStatus();
  return pending ? <span data-pressed hidden /> : null;
}
