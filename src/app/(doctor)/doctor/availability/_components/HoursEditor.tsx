"use client";

import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import type { Availability } from "@/server/availability/schema";
import { ErrorNotice } from "../../../../_components/ErrorNotice";
import { useTRPC } from "../../../../_trpc/client";
import { BookingWindow } from "./BookingWindow";
import { DateList } from "./DateList";
import { type Draft, faultsOf, isSame, toDraft, toInput } from "./draft";
import classes from "./HoursEditor.module.css";
import { ReviewChanges } from "./ReviewChanges";
import { WeekEditor } from "./WeekEditor";

/** Edits the hours and asks for them to be reviewed before they are kept. */
export function HoursEditor({ saved }: { saved: Availability }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [before] = useState(() => toDraft(saved));
  const [draft, setDraft] = useState(before);
  const [checked, setChecked] = useState(false);
  const dirty = !isSame(before, draft);
  useWarning(dirty);
  // Checked when one asks for the review, then live.
  const faults = checked ? faultsOf(draft) : {};
  const count = Object.keys(faults).length;

  const preview = useMutation(trpc.availability.preview.mutationOptions());
  const save = useMutation(
    trpc.availability.set.mutationOptions({
      onSuccess: (answer) => {
        queryClient.setQueryData(trpc.availability.get.queryKey(), answer);
        void queryClient.invalidateQueries({ queryKey: trpc.availability.ownSlots.pathKey() });
        notifications.show({ color: "leaf", title: "Your hours are saved", message: null });
      },
    }),
  );

  function change(next: Draft) {
    setDraft(next);
    if (preview.data || preview.error) preview.reset();
  }

  function review(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(faultsOf(draft)).length === 0) preview.mutate(toInput(draft));
  }

  return (
    <form onSubmit={review} noValidate>
      <Stack gap="lg">
        <BookingWindow draft={draft} faults={faults} onChange={change} />
        <WeekEditor draft={draft} faults={faults} onChange={change} />
        <DateList draft={draft} faults={faults} onChange={change} />
        {preview.error ? (
          <ErrorNotice error={preview.error} title="Nothing has been changed" />
        ) : null}
        <div className={classes.bar} data-dirty={dirty || undefined}>
          <Text component="p" size="sm" role="status" className={classes.state}>
            {count > 0
              ? `Please look at ${count === 1 ? "the hours" : `the ${count} places`} marked above.`
              : dirty
                ? "Patients see your new hours once you have saved them."
                : "These are the hours that patients see."}
          </Text>
          <Group gap="sm" className={classes.buttons}>
            {dirty ? (
              <Button variant="default" onClick={() => change(before)}>
                Discard changes
              </Button>
            ) : null}
            <Button type="submit" loading={preview.isPending}>
              Review and save
            </Button>
          </Group>
        </div>
      </Stack>
      <ReviewChanges
        preview={preview.data ?? null}
        saving={save.isPending}
        error={save.error}
        onClose={() => {
          preview.reset();
          save.reset();
        }}
        onSave={() => save.mutate(toInput(draft))}
      />
    </form>
  );
}

/** The browser asks before it leaves a page with changes that are not kept. */
function useWarning(dirty: boolean) {
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [dirty]);
}
