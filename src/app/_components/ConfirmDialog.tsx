"use client";

import { Modal, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { z } from "zod";
import { DialogButtons } from "./DialogButtons";
import { useDraft } from "./Drafts";
import { ErrorNotice } from "./ErrorNotice";

const REASON_MAX = 300;

type Props = {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** One or two sentences about what will happen. */
  children: ReactNode;
  /** The label of the confirm button. */
  confirm: string;
  /** Makes the confirm button red. */
  destructive?: boolean;
  busy: boolean;
  error: unknown;
  /** The title of the notice that shows `error`. */
  failed: string;
  /** Texts by the error's reason, in place of the general ones. */
  words?: Record<string, string>;
  /** Adds a required field for the reason. Its description says who reads the reason. */
  why?: { label: string; description: string };
  onConfirm: (reason: string) => void;
};

/** Asks for confirmation before an action that affects other people, and optionally for the reason. */
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
        const isMissing = why !== undefined && reason.trim() === "";
        setMissing(isMissing);
        if (!isMissing) props.onConfirm(reason.trim());
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
            maxLength={REASON_MAX}
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
