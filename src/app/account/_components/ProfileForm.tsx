"use client";

import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import type { Me } from "@/server/accounts/schema";
import { ErrorNotice } from "../../_components/ErrorNotice";
import { zoneOptions } from "../../_components/TimeZoneNote";
import { modernZone } from "../../_components/time-zone-cookie";
import { useTRPC } from "../../_trpc/client";

const GENDERS = [
  { value: "female", label: "Woman" },
  { value: "male", label: "Man" },
  { value: "other", label: "Another" },
];

// Kinder words than the server's schema has; the server decides all the same.
const fields = z.object({
  name: z.string().trim().min(1, "Please enter your name").max(100, "Please shorten the name"),
  phone: z
    .string()
    .trim()
    .regex(/^(\+?[0-9 ()-]{6,20})?$/, "Please enter a number like +91 98765 43210"),
  dateOfBirth: z.string().nullable(),
  gender: z.enum(["female", "male", "other"]).nullable(),
  timezone: z.string(),
});
type Fields = z.infer<typeof fields>;

/** The fields; saved together, and said so. */
export function ProfileForm({ me }: { me: Me }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const form = useForm<Fields>({
    initialValues: {
      name: me.name,
      phone: me.phone ?? "",
      dateOfBirth: me.dateOfBirth,
      gender: me.gender,
      // Stored as the browser told it, which may be by an old name.
      timezone: modernZone(me.timezone),
    },
    validate: schemaResolver(fields, { sync: true }),
    validateInputOnBlur: true,
    onValuesChange: () => save.reset(),
  });
  const save = useMutation(
    trpc.me.update.mutationOptions({
      onSuccess: (now) => {
        queries.setQueryData(trpc.me.get.queryKey(), now);
        form.resetDirty();
      },
    }),
  );
  const submit = (values: Fields) => save.mutate({ ...values, phone: values.phone || null });

  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
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
          <DateInput
            label="Date of birth (optional)"
            valueFormat="D MMMM YYYY"
            placeholder="For example 9 March 1984"
            minDate="1900-01-01"
            maxDate={new Date()}
            defaultLevel="decade"
            clearable
            clearButtonProps={{ "aria-label": "Clear the date of birth" }}
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
            {save.isSuccess ? "Saved" : ""}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
