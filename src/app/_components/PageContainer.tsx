import type { ReactNode } from "react";
import classes from "./PageContainer.module.css";

/** The content column with its side margins. Use `narrow` for long text and forms. */
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
