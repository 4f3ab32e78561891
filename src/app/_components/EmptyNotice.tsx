import { Title } from "@mantine/core";
import Image from "next/image";
import type { ReactNode } from "react";
import classes from "./EmptyNotice.module.css";

/** Says that there is nothing to show. The children are buttons for the next step. */
export function EmptyNotice({
  title,
  text,
  children,
  heading = 2,
}: {
  title: string;
  text: string;
  children?: ReactNode;
  heading?: 1 | 2 | 3;
}) {
  return (
    <div className={classes.empty}>
      <Image src="/branch.svg" alt="" width={120} height={129} unoptimized loading="eager" />
      <Title order={heading} size="h3">
        {title}
      </Title>
      <p>{text}</p>
      {children ? <div className={classes.actions}>{children}</div> : null}
    </div>
  );
}
