"use client";

import { PageError } from "../_components/PageError";

/** Replaces a page of this group that failed. The header and footer stay. */
export default function ErrorPage(props: { error: unknown; retry: () => void }) {
  return <PageError {...props} />;
}
