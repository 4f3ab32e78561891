import Link from "next/link";
import type { ReactNode } from "react";
import { LinkPressed } from "./LinkPressed";
import classes from "./RowLink.module.css";

/** A link that covers its row, which has `position: relative`: one tab stop, one large target. */
export function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={classes.link}>
      {children}
      <LinkPressed />
    </Link>
  );
}
