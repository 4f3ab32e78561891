import { Title } from "@mantine/core";
import Image from "next/image";
import type { ReactNode } from "react";
import classes from "./AuthPage.module.css";

/** The layout of the sign-in and sign-up pages: a picture with a slogan on one side, the form on the other. */
export function AuthPage({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      <div className={classes.words} aria-hidden>
        <Image src="/branch.svg" alt="" width={520} height={560} unoptimized loading="eager" />
        <p>Care that fits into your day.</p>
      </div>
      <div className={classes.side}>
        <div className={classes.form}>
          <Title order={1}>{title}</Title>
          <p className={classes.text}>{text}</p>
          {children}
        </div>
      </div>
    </div>
  );
}
