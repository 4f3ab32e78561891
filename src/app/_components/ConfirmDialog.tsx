"use client";

import { Modal, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { z } from "zod";
import { DialogButtons } from "./DialogButtons";
import { useDraft } from "./Drafts";
import { ErrorNotice } from "./ErrorNotice";

const LONGEST_REASON = 300;

type Props = {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, in a sentence or two. */
  children: ReactNode;
  confirm: string;
  /** Red for what takes something away. */
  destructive?: boolean;
  busy: boolean;
  error: unknown;
  failed: string;
  /** Words for reasons that mean something else here than elsewhere. */
  words?: Record<string, string>;
  /** Asks why, and who reads it. Where it is missing there is nothing to say. */
  why?: { label: string; description: string };
  onConfirm: (reason: string) => void;
};

/** Asks once more before something that others feel, and where it matters why. */
export function ConfirmDialog({ opened, onClose, title, ...rest }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="md">
      <ConfirmForm title={title} onClose={onClose} {...rest} />
    </Modal>
  );
}

function ConfirmForm(props: Omit<Props, "opened">) {
  const { why, children, confirm, destructive = false, busy, error, failed, words } = props;
  const [reason, setReason] = useState("");
  useDraft(props.title, reason || null, z.string(), setReason);
  const [missing, setMissing] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const lacks = why !== undefined && reason.trim() === "";
        setMissing(lacks);
        if (!lacks) props.onConfirm(reason.trim());
      }}
    >
      <Stack gap="md">
        <div>{children}</div>
        {why ? (
          <Textarea
            label={why.label}
            description={why.description}
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
              setMissing(false);
            }}
            error={missing ? "Please write a few words." : undefined}
            maxLength={LONGEST_REASON}
            autosize
            minRows={2}
            data-autofocus
          />
        ) : null}
        {error ? <ErrorNotice error={error} title={failed} words={words} /> : null}
        <DialogButtons
          confirm={confirm}
          destructive={destructive}
          busy={busy}
          onCancel={props.onClose}
        />
      </Stack>
    </form>
  );
}
