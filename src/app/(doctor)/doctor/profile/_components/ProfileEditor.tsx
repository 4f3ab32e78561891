"use client";

import { Alert, Button, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { IconInfoCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatList, localDate } from "@/app/_components/format";
import { TextLink } from "@/app/_components/LinkButton";
import { Panel } from "@/app/_components/Panel";
import { PracticeInputs } from "@/app/_components/PracticeInputs";
import { RegistrationInputs } from "@/app/_components/RegistrationInputs";
import { useTimeZone } from "@/app/_components/TimeZone";
import { Unsaved } from "@/app/_components/Unsaved";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { useFormDraft } from "@/app/_components/use-form-draft";
import { useTRPC } from "@/app/_trpc/client";
import type { Profile, ProfileInput } from "@/server/doctors/schema";
import { ChangeState } from "./ChangeState";
import {
  type Fields,
  fieldsFrom,
  labelsOfChanges,
  mergeTyped,
  storedProfileOfConflict,
  toChange,
  toFields,
} from "./fields";
import classes from "./ProfileEditor.module.css";

/** Edits the profile. New practice details are public at once. A new name or registration waits for approval. */
export function ProfileEditor({ initial }: { initial: Profile }) {
  const trpc = useTRPC();
  const { zone } = useTimeZone();
  const today = localDate(new Date(), zone);
  // The stored profile that the form is compared with.
  const [base, setBase] = useState(initial);
  const [fieldsChangedElsewhere, setFieldsChangedElsewhere] = useState<string[]>([]);
  const [saved, setSaved] = useState("");
  // Allows the stored end of a registration that is past, so that the doctor can save other fields.
  const [from = today] = [base.registrationExpiresOn ?? today, today].sort();
  const form = useForm<Fields>({
    initialValues: toFields(initial),
    validate: schemaResolver(fieldsFrom(from), { sync: true }),
    validateInputOnBlur: true,
    onValuesChange: () => setSaved(""),
  });
  useEarlyInput(form);
  useFormDraft("doctor profile", form);

  /** Sets the profile that the form is compared with, and the fields of the form. */
  function setBaseAndFields(stored: Profile, fields: Fields) {
    setBase(stored);
    form.setValues(fields);
    form.resetDirty(toFields(stored));
  }
  const save = useMutation(
    trpc.doctors.updateProfile.mutationOptions({
      onError: (error) => {
        const stored = storedProfileOfConflict(error);
        if (!stored) return;
        setFieldsChangedElsewhere(labelsOfChanges(base, stored));
        setBaseAndFields(stored, mergeTyped(stored, base, form.getValues()));
      },
    }),
  );
  const isStale = storedProfileOfConflict(save.error) !== null;

  const submit = (fields: Fields) =>
    save.mutate(toChange(base, fields), {
      onSuccess: (stored) => {
        setBaseAndFields(stored, toFields(stored));
        const isSent =
          stored.pending !== null && stored.pending.requestedAt !== base.pending?.requestedAt;
        setSaved(isSent ? "Saved. Your name or registration waits for the clinic." : "Saved");
      },
    });
  const withdrawChange = (publicValues: ProfileInput) =>
    save.mutate(
      { ...publicValues, version: base.version },
      {
        onSuccess: (stored) => setBaseAndFields(stored, mergeTyped(stored, base, form.getValues())),
      },
    );

  return (
    <form noValidate onSubmit={form.onSubmit(submit)} className={classes.editor}>
      <Unsaved dirty={form.isDirty()} />
      <p className={classes.intro}>
        What patients see of you.{" "}
        <TextLink href={`/doctors/${base.id}`}>Look at your page as patients do</TextLink>
      </p>
      <ChangeState profile={base} busy={save.isPending} onWithdraw={withdrawChange} />
      <Panel title="Your practice" text="Patients see a change here as soon as you save it.">
        <Stack gap="md">
          <PracticeInputs
            inputProps={(field) => form.getInputProps(field)}
            feeHint="For new bookings. What is held or booked keeps its price."
          />
        </Stack>
      </Panel>
      <Panel
        title="Name and registration"
        text="We compare a change here with your council's register. Until then patients see what they see now."
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            description="As patients see it, with your title"
            maxLength={100}
            {...form.getInputProps("name")}
          />
          <RegistrationInputs from={today} inputProps={(field) => form.getInputProps(field)} />
        </Stack>
      </Panel>
      {isStale ? (
        <Alert
          role="alert"
          color="clay"
          icon={<IconInfoCircle aria-hidden />}
          title="Not saved yet: your profile was changed elsewhere"
        >
          <Text size="sm" c="var(--am-ink)">
            {fieldsChangedElsewhere.length > 0
              ? `Changed there: ${formatList(fieldsChangedElsewhere)}. `
              : ""}
            What you typed is kept, and the rest is now as it is stored. Please look at it, and save
            again.
          </Text>
        </Alert>
      ) : save.error ? (
        <ErrorNotice error={save.error} title="Nothing is changed yet" />
      ) : null}
      <div className={classes.save}>
        <Button type="submit" loading={save.isPending}>
          Save changes
        </Button>
        <Text role="status" c="var(--mantine-color-leaf-7)" fw={550}>
          {saved}
        </Text>
      </div>
    </form>
  );
}
