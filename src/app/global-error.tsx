"use client";

/** Replaces the document if the root layout failed. It uses neither the theme nor the fonts. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en-IN">
      <body
        style={{ fontFamily: "system-ui, sans-serif", textAlign: "center", padding: "4rem 1rem" }}
      >
        <title>Amrutam</title>
        <main>
          <h1>This page did not load</h1>
          <p>Something went wrong on our side. Nothing you have booked or paid is affected.</p>
          <button
            type="button"
            onClick={() => retry()}
            style={{ font: "inherit", padding: "0.75rem 1.5rem" }}
          >
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
