import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./AccountPage.module.css";

/** A page of the account: its name and its panels below each other. */
export function AccountPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.stack}>
      <Title order={1}>{title}</Title>
      {children}
    </div>
  );
}
