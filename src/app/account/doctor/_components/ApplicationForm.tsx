"use client";

import { Button, NumberInput, Select, Stack } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toPracticeInput, toRegistrationInput } from "@/app/_components/doctor-fields";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { localDate } from "@/app/_components/format";
import { Panel } from "@/app/_components/Panel";
import { PracticeInputs } from "@/app/_components/PracticeInputs";
import { RegistrationInputs } from "@/app/_components/RegistrationInputs";
import { useTimeZone } from "@/app/_components/TimeZone";
import { Unsaved } from "@/app/_components/Unsaved";
import { useEarlyInput } from "@/app/_components/use-early-input";
import { useFormDraft } from "@/app/_components/use-form-draft";
import { useTRPC } from "@/app/_trpc/client";
import type { ApplicationView } from "@/server/doctors/schema";
import { type Fields, fieldsOn, GENDERS, toFields } from "./fields";

/** The application form. The applicant sends it once; an admin decides. */
export function ApplicationForm({ before }: { before: ApplicationView | undefined }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { zone } = useTimeZone();
  const today = localDate(new Date(), zone);
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
  useEarlyInput(form);
  useFormDraft("application", form);
  function submit(fields: Fields) {
    const { gender, yearsOfExperience } = fields;
    if (!gender) return;
    send.mutate({
      ...toRegistrationInput(fields),
      ...toPracticeInput(fields),
      gender,
      yearsOfExperience: Number(yearsOfExperience),
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
            <RegistrationInputs from={today} inputProps={(field) => form.getInputProps(field)} />
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
            <PracticeInputs
              inputProps={(field) => form.getInputProps(field)}
              besideFee={
                <NumberInput
                  label="Years of experience"
                  min={0}
                  max={80}
                  allowDecimal={false}
                  hideControls
                  inputMode="numeric"
                  {...form.getInputProps("yearsOfExperience")}
                />
              }
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
