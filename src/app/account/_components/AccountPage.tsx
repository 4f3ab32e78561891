import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./AccountPage.module.css";

/** The layout of an account page: its title and its panels. */
export function AccountPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.stack}>
      <Title order={1}>{title}</Title>
      {children}
    </div>
  );
}
