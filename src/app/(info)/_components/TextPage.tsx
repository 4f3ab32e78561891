import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import { PageContainer } from "../../_components/PageContainer";
import classes from "./TextPage.module.css";

/** A page to read: a heading, a sentence that says what it is, and sections. */
export function TextPage({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ReactNode;
}) {
  return (
    <PageContainer narrow>
      <article className={classes.text}>
        <Title order={1}>{title}</Title>
        <p className={classes.lead}>{lead}</p>
        {children}
      </article>
    </PageContainer>
  );
}

export function TextSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h3">
        {title}
      </Title>
      {children}
    </section>
  );
}
