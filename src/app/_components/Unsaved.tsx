"use client";

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { internalLinkOf } from "./internal-link";
import { isSessionOver } from "./session-over";

/** Where the user wants to go: to a link's path, or back. */
type Leaving = { href: string } | "back";

/** Marks the extra history entry that the browser's back button reaches first. */
const MARK = "amrutamUnsaved";

const isMarked = () => Boolean((history.state as Record<string, unknown> | null)?.[MARK]);

/** Adds a second history entry for this page. It copies Next's own state, so that Next does not react to it. */
const addEntry = () => history.pushState({ ...history.state, [MARK]: true }, "", location.href);

/**
 * Asks for confirmation before the user leaves a page with unsaved changes: by a link of the app, by the
 * browser's back button, or by a reload (then the browser itself asks). Put it into every form that is
 * saved as a whole.
 */
export function Unsaved({ dirty }: { dirty: boolean }) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<Leaving | null>(null);

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => {
      // After the session has ended no question is asked, because Drafts.tsx saves what was typed.
      if (!isSessionOver()) event.preventDefault();
    };
    const follow = (event: MouseEvent) => {
      const href = internalLinkOf(event);
      if (href === null) return;
      // This runs in the capture phase, before React handles the click and Next starts to navigate.
      event.preventDefault();
      event.stopPropagation();
      setLeaving({ href });
    };
    const back = (event: PopStateEvent) => {
      if (isMarked()) return;
      event.stopImmediatePropagation();
      setLeaving("back");
    };
    if (!isMarked()) addEntry();
    addEventListener("beforeunload", warn);
    addEventListener("click", follow, true);
    addEventListener("popstate", back, true);
    return () => {
      removeEventListener("beforeunload", warn);
      removeEventListener("click", follow, true);
      removeEventListener("popstate", back, true);
    };
  }, [dirty]);

  function stay() {
    if (leaving === "back") addEntry();
    setLeaving(null);
  }

  function leave() {
    setLeaving(null);
    if (leaving === "back") history.back();
    else if (leaving) router.replace(leaving.href);
  }

  return (
    <Modal opened={leaving !== null} onClose={stay} title="Leave without saving?" size="md">
      <Stack gap="md">
        <Text>Your changes on this page are not saved. If you leave now, they are lost.</Text>
        <Group justify="flex-end" gap="sm">
          <Button color="brick" variant="default" onClick={leave}>
            Leave without saving
          </Button>
          <Button onClick={stay} data-autofocus>
            Stay on this page
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
