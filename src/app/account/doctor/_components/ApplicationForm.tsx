"use client";

import {
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApplicationView } from "@/server/doctors/schema";
import { DateField } from "../../../_components/DateField";
import { ErrorNotice } from "../../../_components/ErrorNotice";
import { localDate } from "../../../_components/format";
import { Panel } from "../../../_components/Panel";
import { useTimeZone } from "../../../_components/TimeZone";
import { dayOf, LAST_DAY } from "../../../_components/typed-date";
import { Unsaved } from "../../../_components/Unsaved";
import { useFormDraft } from "../../../_components/use-form-draft";
import { useTRPC } from "../../../_trpc/client";
import { type Fields, fieldsOn, GENDERS, toFields } from "./fields";

/** What we have to know of a doctor. Sent once; the clinic decides. */
export function ApplicationForm({ before }: { before: ApplicationView | undefined }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { zone } = useTimeZone();
  const today = localDate(new Date(), zone);
  const facets = useQuery(trpc.doctors.facets.queryOptions());
  const send = useMutation(
    trpc.doctors.sendApplication.mutationOptions({
      onSuccess: (sent) => queries.setQueryData(trpc.doctors.application.queryKey(), sent),
    }),
  );
  const form = useForm<Fields>({
    initialValues: toFields(before),
    validate: schemaResolver(fieldsOn(today), { sync: true }),
    validateInputOnBlur: true,
  });
  useFormDraft("application", form);
  const names = (items: Array<{ name: string }> | undefined) =>
    (items ?? []).map(({ name }) => name);
  function submit({ fee, yearsOfExperience, gender, registrationExpiresOn, ...rest }: Fields) {
    const expiresOn = dayOf(registrationExpiresOn);
    if (!gender || !expiresOn) return;
    send.mutate({
      ...rest,
      gender,
      registrationExpiresOn: expiresOn,
      yearsOfExperience: Number(yearsOfExperience),
      fee: { amount: Math.round(Number(fee) * 100), currency: "INR" },
      timezone: zone,
    });
  }

  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Unsaved dirty={form.isDirty() && !send.isSuccess} />
      <Stack gap="md">
        <Panel
          title="Your registration"
          text="As it stands in your council's register. We check it there before patients can find you."
        >
          <Stack gap="md">
            <TextInput label="Registration no." {...form.getInputProps("registrationNumber")} />
            <TextInput
              label="Council"
              description="For example Maharashtra Medical Council"
              {...form.getInputProps("council")}
            />
            <DateField
              label="Registered until"
              from={today}
              to={LAST_DAY}
              {...form.getInputProps("registrationExpiresOn")}
            />
          </Stack>
        </Panel>
        <Panel title="As patients will see you" text="Your name is taken from your profile.">
          <Stack gap="md">
            <Select
              label="You are"
              data={GENDERS}
              description="Some patients would like to see a woman, or a man."
              allowDeselect={false}
              {...form.getInputProps("gender")}
            />
            <TagsInput
              label="Specializations"
              description="Choose or type; Enter adds one. Six at most."
              data={names(facets.data?.specializations)}
              maxTags={6}
              {...form.getInputProps("specializations")}
            />
            <TagsInput
              label="Languages that you consult in"
              description="Choose or type; Enter adds one."
              data={names(facets.data?.languages)}
              maxTags={10}
              {...form.getInputProps("languages")}
            />
            <Group grow align="flex-start" gap="md">
              <NumberInput
                label="Years of experience"
                min={0}
                max={80}
                allowDecimal={false}
                hideControls
                inputMode="numeric"
                {...form.getInputProps("yearsOfExperience")}
              />
              <NumberInput
                label="Fee"
                prefix="₹"
                min={1}
                max={100_000}
                decimalScale={2}
                thousandSeparator=","
                thousandsGroupStyle="lakh"
                hideControls
                inputMode="decimal"
                {...form.getInputProps("fee")}
              />
            </Group>
            <Textarea
              label="About you (optional)"
              description="A few sentences: what you treat, and how you work."
              maxLength={1000}
              autosize
              minRows={3}
              {...form.getInputProps("bio")}
            />
          </Stack>
        </Panel>
        {send.error ? (
          <ErrorNotice
            error={send.error}
            title="Your application is not sent yet"
            words={{ ILLEGAL_TRANSITION: "You have sent one already. Please reload this page." }}
          />
        ) : null}
        <Button
          type="submit"
          size="lg"
          loading={send.isPending}
          style={{ alignSelf: "flex-start" }}
        >
          Send my application
        </Button>
      </Stack>
    </form>
  );
}
