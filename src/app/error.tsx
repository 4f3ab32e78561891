"use client";

import { PageError } from "./_components/PageError";

/** Something outside the groups failed, or a shell itself. */
export default function ErrorPage(props: { error: unknown; retry: () => void }) {
  return (
    <main>
      <PageError {...props} />
    </main>
  );
}
