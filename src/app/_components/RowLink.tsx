import Link from "next/link";
import type { ReactNode } from "react";
import { LinkPressed } from "./LinkPressed";
import classes from "./RowLink.module.css";

/**
 * A link that covers its whole row, so that the row is one tab stop and one large target. The row needs
 * `position: relative`.
 */
export function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={classes.link}>
      {children}
      <LinkPressed />
    </Link>
  );
}
