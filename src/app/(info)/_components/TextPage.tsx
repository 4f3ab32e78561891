import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import { PageContainer } from "../../_components/PageContainer";
import classes from "./TextPage.module.css";

/** The layout of a text page: a heading, an introduction and sections. */
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

/** A section of a text page. */
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
