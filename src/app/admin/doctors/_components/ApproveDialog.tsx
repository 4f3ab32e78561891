"use client";

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { schemaResolver, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import type { ApplicationView } from "@/server/doctors/schema";
import { ErrorNotice } from "../../../_components/ErrorNotice";
import { useTRPC } from "../../../_trpc/client";

const fields = z.object({
  registrationNumber: z.string().trim().min(3, "Please enter it as the register has it"),
  council: z.string().trim().min(2, "Please enter the council"),
  registrationExpiresOn: z
    .string()
    .nullable()
    .refine((day): boolean => Boolean(day), "Please enter the day from the register"),
});
type Fields = z.infer<typeof fields>;

/** What the register says, put right where the applicant had it wrong; then they are listed. */
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
  const form = useForm<Fields>({
    initialValues: {
      registrationNumber: application.registrationNumber,
      council: application.council ?? "",
      registrationExpiresOn: application.registrationExpiresOn,
    },
    validate: schemaResolver(fields, { sync: true }),
  });
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
      registrationExpiresOn: registrationExpiresOn ?? undefined,
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
        <DateInput
          label="Registered until"
          valueFormat="D MMMM YYYY"
          minDate={new Date()}
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
