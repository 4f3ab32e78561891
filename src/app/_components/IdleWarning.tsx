"use client";

import { Button, Group, Modal, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { formatCountdown } from "./format";
import { signOutHere } from "./sign-out";
import { useIdle } from "./use-idle";

/** Warns one minute before the session ends, with the time left and a button that extends the session. */
export function IdleWarning({ onEnd }: { onEnd: (wasIdle: boolean) => void }) {
  const { isWarning, left, canStay, stay } = useIdle(onEnd);
  const [busy, setBusy] = useState(false);
  async function extend() {
    setBusy(true);
    await stay();
    setBusy(false);
  }
  return (
    <Modal
      opened={isWarning}
      onClose={canStay ? extend : () => {}}
      title={canStay ? "Are you still there?" : "You will be signed out soon"}
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Text>
          {canStay
            ? "Nothing has happened here for a while. To keep patients' records safe, you are signed out in"
            : "You signed in twelve hours ago. To go on, you will have to sign in again in"}{" "}
          <strong className="numeric" aria-hidden>
            {formatCountdown(left)}
          </strong>
          <VisuallyHidden>{left > 30_000 ? "a minute" : "half a minute"}</VisuallyHidden>. What you
          have not saved would be lost.
        </Text>
        <VisuallyHidden aria-live="assertive">{announcement(left)}</VisuallyHidden>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={signOutHere}>
            Sign out now
          </Button>
          {canStay ? (
            <Button onClick={extend} loading={busy} data-autofocus>
              Stay signed in
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}

/** The text for screen readers. It changes only a few times, so that it is not read out every second. */
function announcement(left: number): string {
  if (left <= 10_000) return "You are signed out in 10 seconds.";
  if (left <= 30_000) return "You are signed out in half a minute.";
  return "You are signed out in a minute.";
}
