"use client";

import { PageError } from "./_components/PageError";

/** Replaces a page outside the groups, or a group's layout, that failed. */
export default function ErrorPage(props: { error: unknown; retry: () => void }) {
  return (
    <main>
      <PageError {...props} />
    </main>
  );
}
