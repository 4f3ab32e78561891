"use client";

import { PageError } from "../_components/PageError";

/** A page of the account failed; the shell around it stays. */
export default function ErrorPage(props: { error: unknown; retry: () => void }) {
  return <PageError {...props} />;
}
