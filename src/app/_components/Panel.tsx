import { Card, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./Panel.module.css";

/** A section of a page with a title. */
export function Panel({
  title,
  text,
  children,
}: {
  title: string;
  text?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id} className={classes.panel}>
      <Title order={2} id={id} size="h3">
        {title}
      </Title>
      {text ? <p className={classes.text}>{text}</p> : null}
      <div className={classes.body}>{children}</div>
    </Card>
  );
}
