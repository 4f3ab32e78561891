"use client";

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { DateField } from "@/app/_components/DateField";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatDate, localDate } from "@/app/_components/format";
import { useTimeZone } from "@/app/_components/TimeZone";
import { dayOf, LAST_DAY, typedDate } from "@/app/_components/typed-date";
import { useFormDraft } from "@/app/_components/use-form-draft";
import { useTRPC } from "@/app/_trpc/client";
import type { ApplicationView } from "@/server/doctors/schema";

const fieldsOn = (today: string) =>
  z.object({
    registrationNumber: z.string().trim().min(3, "Please enter it as the register has it"),
    council: z.string().trim().min(2, "Please enter the council"),
    registrationExpiresOn: typedDate({
      from: { day: today, message: "This day is past: the registration has run out" },
      to: { day: LAST_DAY, message: "Please check the year" },
      missing: "Please enter the day from the register",
    }),
  });
type Fields = z.infer<ReturnType<typeof fieldsOn>>;

/** The admin corrects the application by the register, and approves it. */
export function ApproveDialog({
  application,
  onClose,
}: {
  application: ApplicationView | null;
  onClose: () => void;
}) {
  const title = `Approve ${application?.name ?? ""}?`;
  return (
    <Modal opened={application !== null} onClose={onClose} title={title}>
      {application ? <ApproveForm application={application} onClose={onClose} /> : null}
    </Modal>
  );
}

function ApproveForm(props: { application: ApplicationView; onClose: () => void }) {
  const { application, onClose } = props;
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { zone } = useTimeZone();
  const today = localDate(new Date(), zone);
  const form = useForm<Fields>({
    initialValues: {
      registrationNumber: application.registrationNumber,
      council: application.council ?? "",
      registrationExpiresOn: application.registrationExpiresOn
        ? formatDate(application.registrationExpiresOn)
        : "",
    },
    validate: schemaResolver(fieldsOn(today), { sync: true }),
  });
  useFormDraft(`approve ${application.id}`, form);
  const approve = useMutation(
    trpc.doctors.approve.mutationOptions({
      onSuccess: async ({ name }) => {
        await queries.invalidateQueries({ queryKey: trpc.doctors.pathKey() });
        onClose();
        notifications.show({ message: `${name} is listed` });
      },
    }),
  );
  const submit = ({ registrationExpiresOn, ...rest }: Fields) =>
    approve.mutate({
      doctorId: application.id,
      ...rest,
      registrationExpiresOn: dayOf(registrationExpiresOn) ?? undefined,
    });
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <Stack gap="md">
        <Text>
          Please compare with the council's register, and correct what differs. They become a doctor
          at once, sign in anew, and can open their hours.
        </Text>
        <TextInput label="Registration no." {...form.getInputProps("registrationNumber")} />
        <TextInput label="Council" {...form.getInputProps("council")} />
        <DateField
          label="Registered until"
          from={today}
          to={LAST_DAY}
          {...form.getInputProps("registrationExpiresOn")}
        />
        {approve.error ? (
          <ErrorNotice
            error={approve.error}
            title="Not approved yet"
            words={{ ILLEGAL_TRANSITION: "Somebody decided about this application a moment ago." }}
          />
        ) : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={approve.isPending}>
            Approve
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
