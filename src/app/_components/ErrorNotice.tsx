"use client";

import { Alert, Button, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { refusalOf, textForError } from "./error-text";

/** Shows what went wrong and what to do. Screen readers announce it. */
export function ErrorNotice({
  error,
  title = "That did not work",
  children,
  onRetry,
  words,
}: {
  error: unknown;
  title?: string;
  children?: ReactNode;
  onRetry?: () => void;
  /** Texts by the error's reason, in place of the general ones. */
  words?: Record<string, string>;
}) {
  const { requestId, reason } = refusalOf(error);
  return (
    <Alert
      color="brick"
      title={title}
      icon={<IconAlertCircle aria-hidden />}
      role="alert"
      styles={{ message: { color: "var(--am-ink)" } }}
    >
      <Text size="sm">{(reason && words?.[reason]) || textForError(error)}</Text>
      {children}
      {onRetry ? (
        <Button mt="sm" size="sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
      {requestId ? (
        <Text size="xs" c="dimmed" mt="xs">
          Reference: {requestId}
        </Text>
      ) : null}
    </Alert>
  );
}
