import { Alert, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { Metadata } from "next";
import { EmptyNotice } from "../../_components/EmptyNotice";
import { LinkButton } from "../../_components/LinkButton";
import { PageContainer } from "../../_components/PageContainer";
import { When } from "../../_components/When";
import { caller, orNotFound } from "../../_trpc/server";
import { LinkedText } from "./_components/LinkedText";
import classes from "./page.module.css";

export const metadata: Metadata = { title: "Demo mailbox", robots: { index: false } };

/** The page with the mails that the demo would have sent. It does not exist in production. */
export default async function MailboxPage() {
  const api = await caller();
  const messages = await orNotFound(api.mailbox.latest());
  return (
    <PageContainer narrow>
      <Title order={1}>Demo mailbox</Title>
      <Alert
        my="lg"
        color="slate"
        icon={<IconInfoCircle stroke={1.6} aria-hidden />}
        title="This is the demo's mailbox"
      >
        Nothing here left this machine. It is what people would have been mailed, and anyone who
        uses this machine can read it. The page exists in the demo alone. These are the latest 50
        messages, newest first.
      </Alert>
      {messages.length === 0 ? (
        <EmptyNotice
          title="No messages yet"
          text="Book a consultation and pay for it: its confirmation arrives here."
        >
          <LinkButton href="/doctors">Find a doctor</LinkButton>
        </EmptyNotice>
      ) : (
        <ol className={classes.list}>
          {messages.map(({ id, to, subject, text, createdAt }) => (
            <li key={id} className={classes.message}>
              <Title order={2} size="h3">
                {subject}
              </Title>
              <p className={classes.meta}>
                To {to} · <When at={createdAt} />
              </p>
              <LinkedText className={classes.text} text={text} />
            </li>
          ))}
        </ol>
      )}
    </PageContainer>
  );
}
