"use client";

import { PageError } from "../_components/PageError";

/** Replaces an account page that failed. The header and footer stay. */
export default function ErrorPage(props: { error: unknown; retry: () => void }) {
  return <PageError {...props} />;
}
