import type { ReactNode } from "react";
import classes from "./PageContainer.module.css";

/** The content column with its gutters; `narrow` for reading and forms. */
export function PageContainer({
  children,
  narrow = false,
}: {
  children: ReactNode;
  narrow?: boolean;
}) {
  return (
    <div className={classes.container} data-narrow={narrow || undefined}>
      {children}
    </div>
  );
}
