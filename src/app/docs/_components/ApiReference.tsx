"use client";

import "swagger-ui-dist/swagger-ui.css";
import { Skeleton } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { ErrorNotice } from "../../_components/ErrorNotice";
import classes from "./ApiReference.module.css";

/** Adds the label that Swagger UI omits. */
function labelServerSelect(root: HTMLElement | null): void {
  for (const select of root?.querySelectorAll(".servers select") ?? []) {
    select.setAttribute("aria-label", "Server");
  }
}

/** Shows the app's OpenAPI description in Swagger UI, which is loaded only here because it is large. */
export function ApiReference() {
  const root = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");

  useEffect(() => {
    let isMounted = true;
    // The package's entry point reads the file system, so the browser bundle is imported.
    import("swagger-ui-dist/swagger-ui-es-bundle.js")
      .then(({ default: swaggerUi }) => {
        if (!isMounted || !root.current) return;
        swaggerUi({
          url: "/api/openapi.json",
          domNode: root.current,
          // Deep links would put a link inside each operation's button.
          deepLinking: false,
          defaultModelsExpandDepth: -1,
          onComplete: () => {
            labelServerSelect(root.current);
            setState("ready");
          },
        });
      })
      .catch(() => setState("failed"));
    return () => {
      isMounted = false;
    };
  }, []);

  return (
    <div className={classes.space}>
      {state === "loading" ? (
        <Skeleton className={classes.loading} role="status" aria-label="Loading the reference" />
      ) : null}
      {state === "failed" ? (
        <ErrorNotice error={null} title="We could not load the reference" />
      ) : null}
      <div ref={root} className={classes.reference} />
    </div>
  );
}
