"use client";

import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { isApiError, refusalOf } from "@/app/_components/error-text";
import { Unsaved } from "@/app/_components/Unsaved";
import { useTRPC } from "@/app/_trpc/client";
import { type AvailabilityAnswer, availabilityOutput } from "@/server/availability/schema";
import { BookingWindow } from "./BookingWindow";
import { DateList } from "./DateList";
import { type Draft, draftShape, isSame, problemsOf, toDraft, toInput } from "./draft";
import classes from "./HoursEditor.module.css";
import { mergeDrafts } from "./merge-hours";
import { ReviewChanges } from "./ReviewChanges";
import { StaleHours } from "./StaleHours";
import { WeekEditor } from "./WeekEditor";

const savedShape = z.object({
  base: z.object({ version: z.number(), draft: draftShape }),
  draft: draftShape,
});

/** Edits a doctor's hours. The doctor reviews the effect of the changes before they are saved. */
export function HoursEditor({ saved }: { saved: AvailabilityAnswer }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // The saved hours that the draft started from. After another device has saved, its hours become the base.
  const [base, setBase] = useState(() => ({ version: saved.version, draft: toDraft(saved) }));
  const [draft, setDraft] = useState(base.draft);
  const [checked, setChecked] = useState(false);
  const dirty = !isSame(base.draft, draft);
  // The base is saved too, so that hours saved by another device in the meantime are noticed.
  useDraft("hours", dirty ? { base, draft } : null, savedShape, (restored) => {
    setBase(restored.base);
    setDraft(restored.draft);
  });
  // Validated on the first review, then on each change.
  const problems = checked ? problemsOf(draft) : {};
  const count = Object.keys(problems).length;

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

  const theirs = storedVersion(save.error) ?? storedVersion(preview.error);

  function reset() {
    preview.reset();
    save.reset();
  }

  function change(next: Draft) {
    setDraft(next);
    if (preview.data || preview.error) reset();
  }

  /** Makes the hours that another device saved the new base, and continues with a draft. */
  function rebaseOn(stored: AvailabilityAnswer, next: Draft) {
    setBase({ version: stored.version, draft: toDraft(stored) });
    change(next);
  }

  function review(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(problemsOf(draft)).length === 0)
      preview.mutate({ ...toInput(draft), version: base.version });
  }

  return (
    <form onSubmit={review} noValidate>
      <Stack gap="lg">
        <BookingWindow draft={draft} problems={problems} onChange={change} />
        <WeekEditor draft={draft} problems={problems} onChange={change} />
        <DateList draft={draft} problems={problems} onChange={change} />
        {preview.error && !theirs ? (
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
              <Button variant="default" onClick={() => change(base.draft)}>
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
        preview={theirs ? null : (preview.data ?? null)}
        saving={save.isPending}
        error={save.error}
        onClose={reset}
        onSave={() => save.mutate({ ...toInput(draft), version: base.version })}
      />
      <StaleHours
        base={base.draft}
        mine={draft}
        theirs={theirs && toDraft(theirs)}
        onClose={reset}
        onKeepBoth={() =>
          theirs && rebaseOn(theirs, mergeDrafts(base.draft, draft, toDraft(theirs)))
        }
        onTakeTheirs={() => theirs && rebaseOn(theirs, toDraft(theirs))}
      />
      <Unsaved dirty={dirty && !save.isSuccess} />
    </form>
  );
}

/** Returns the hours that are saved now, if a change failed because it was based on an older version. */
function storedVersion(error: unknown): AvailabilityAnswer | null {
  if (refusalOf(error).reason !== "STALE_VERSION" || !isApiError(error)) return null;
  return availabilityOutput.safeParse(error.data?.current).data ?? null;
}
