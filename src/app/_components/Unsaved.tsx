"use client";

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { internalLinkOf } from "./internal-link";
import { isSessionOver } from "./session-over";

/** Where somebody was about to go: by a link, or back. */
type Leaving = { href: string } | "back";

/** Marks the entry of the browser's history that catches the first step back. */
const MARK = "amrutamUnsaved";

const isMarked = () => Boolean((history.state as Record<string, unknown> | null)?.[MARK]);

/** A second entry for this page. Next's own state goes along, so that Next does not act on it. */
const mark = () => history.pushState({ ...history.state, [MARK]: true }, "", location.href);

/**
 * Asks before a page with changes that are not saved is left: by a link of the app, by the browser's
 * back button, or by a reload, where the browser asks itself. Put one into every form that is saved
 * as a whole.
 */
export function Unsaved({ dirty }: { dirty: boolean }) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<Leaving | null>(null);

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => {
      // A page of somebody who is signed out closes unasked; what was typed is kept (Drafts.tsx).
      if (!isSessionOver()) event.preventDefault();
    };
    const follow = (event: MouseEvent) => {
      const href = internalLinkOf(event);
      if (href === null) return;
      // In the capture phase, before React handles the click: otherwise Next has started to navigate.
      event.preventDefault();
      event.stopPropagation();
      setLeaving({ href });
    };
    const back = (event: PopStateEvent) => {
      if (isMarked()) return;
      event.stopImmediatePropagation();
      setLeaving("back");
    };
    if (!isMarked()) mark();
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
    if (leaving === "back") mark();
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
