"use client";

import { Button, Text } from "@mantine/core";
import { EmptyNotice } from "./EmptyNotice";
import { LinkButton } from "./LinkButton";
import { PageContainer } from "./PageContainer";

function digestOf(error: unknown): string | null {
  const digest = error instanceof Error && "digest" in error ? error.digest : null;
  return typeof digest === "string" ? digest : null;
}

/** Replaces a page that failed. It says that nothing was lost, and offers to try again. */
export function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = digestOf(error);
  return (
    <PageContainer>
      <div role="alert">
        <EmptyNotice
          heading={1}
          title="This page did not load"
          text="Something went wrong on our side. Nothing you have booked or paid is affected."
        >
          <Button onClick={retry}>Try again</Button>
          <LinkButton href="/" variant="default">
            To the start page
          </LinkButton>
        </EmptyNotice>
      </div>
      {digest ? (
        <Text size="sm" c="dimmed" ta="center" mt="md">
          Reference: {digest}
        </Text>
      ) : null}
    </PageContainer>
  );
}
