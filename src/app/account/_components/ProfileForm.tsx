"use client";

import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { type Me, phone } from "@/server/accounts/schema";
import { DateField } from "../../_components/DateField";
import { ErrorNotice } from "../../_components/ErrorNotice";
import { formatDate, localDate } from "../../_components/format";
import { nameField } from "../../_components/name-field";
import { useTimeZone } from "../../_components/TimeZone";
import { zoneOptions } from "../../_components/TimeZoneNote";
import { modernZone } from "../../_components/time-zone-cookie";
import { dayOf, typedDate } from "../../_components/typed-date";
import { Unsaved } from "../../_components/Unsaved";
import { useFormDraft } from "../../_components/use-form-draft";
import { useTRPC } from "../../_trpc/client";

const GENDERS = [
  { value: "female", label: "Woman" },
  { value: "male", label: "Man" },
  { value: "other", label: "Another" },
];

const EARLIEST_BIRTH = "1900-01-01";

// The messages are for users. The server checks the input again.
const fieldsOn = (today: string) =>
  z.object({
    name: nameField,
    phone: z
      .string()
      .trim()
      .refine(
        (text) => text === "" || phone.safeParse(text).success,
        "Please enter a number like +91 98765 43210",
      ),
    dateOfBirth: typedDate({
      from: { day: EARLIEST_BIRTH, message: "Please check the year: it is before 1900" },
      to: { day: today, message: "This day is still to come. Please check the year" },
    }),
    gender: z.enum(["female", "male", "other"]).nullable(),
    timezone: z.string(),
  });
type Fields = z.infer<ReturnType<typeof fieldsOn>>;

const toFields = (me: Me): Fields => ({
  name: me.name,
  phone: me.phone ?? "",
  dateOfBirth: me.dateOfBirth ? formatDate(me.dateOfBirth) : "",
  gender: me.gender,
  // The stored zone came from a browser, which may use an old name.
  timezone: modernZone(me.timezone),
});

/** The form of the user's details. All fields are saved together. */
export function ProfileForm({ me }: { me: Me }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { zone } = useTimeZone();
  const today = localDate(new Date(), zone);
  const [saved, setSaved] = useState(false);
  const form = useForm<Fields>({
    initialValues: toFields(me),
    validate: schemaResolver(fieldsOn(today), { sync: true }),
    validateInputOnBlur: true,
    onValuesChange: () => setSaved(false),
  });
  useEarlyInput(form);
  useFormDraft("profile", form);
  const save = useMutation(
    trpc.me.update.mutationOptions({
      onSuccess: (stored) => {
        queries.setQueryData(trpc.me.get.queryKey(), stored);
        // The form shows what is stored now, which can differ from what was typed.
        form.setValues(toFields(stored));
        form.resetDirty();
        setSaved(true);
      },
    }),
  );
  const submit = (values: Fields) =>
    save.mutate({
      ...values,
      phone: values.phone.trim() || null,
      dateOfBirth: dayOf(values.dateOfBirth),
    });

  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Unsaved dirty={form.isDirty()} />
      <Stack gap="md">
        <TextInput label="Your name" autoComplete="name" {...form.getInputProps("name")} />
        <TextInput
          label="Email"
          description="You sign in with it. It cannot be changed here."
          value={me.email}
          readOnly
          variant="filled"
        />
        <TextInput
          label="Phone (optional)"
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          {...form.getInputProps("phone")}
        />
        <Group gap="md" grow preventGrowOverflow={false} wrap="wrap">
          <DateField
            label="Date of birth (optional)"
            from={EARLIEST_BIRTH}
            to={today}
            yearFirst
            autoComplete="bday"
            {...form.getInputProps("dateOfBirth")}
          />
          <Select
            label="Gender (optional)"
            data={GENDERS}
            placeholder="Not given"
            clearable
            clearButtonProps={{ "aria-label": "Clear the gender" }}
            {...form.getInputProps("gender")}
          />
        </Group>
        <Select
          label="Time zone for your emails"
          description="Pages follow the device that you use."
          data={zoneOptions(me.timezone)}
          searchable
          allowDeselect={false}
          limit={80}
          nothingFoundMessage="No such city. Try a bigger one nearby"
          {...form.getInputProps("timezone")}
        />
        {save.error ? <ErrorNotice error={save.error} title="Nothing is changed yet" /> : null}
        <Group gap="md">
          <Button type="submit" loading={save.isPending}>
            Save changes
          </Button>
          <Text role="status" c="var(--mantine-color-leaf-7)" fw={550}>
            {saved ? "Saved" : ""}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
