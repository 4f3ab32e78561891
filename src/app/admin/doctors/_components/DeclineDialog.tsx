"use client";

import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/app/_components/ConfirmDialog";
import { useTRPC } from "@/app/_trpc/client";
import type { ApplicationView } from "@/server/doctors/schema";

/** The admin rejects an application, and writes the reason to the applicant. */
export function DeclineDialog({
  application,
  onClose,
}: {
  application: ApplicationView | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const decline = useMutation(
    trpc.doctors.reject.mutationOptions({
      onSuccess: async ({ name }) => {
        await queries.invalidateQueries({ queryKey: trpc.doctors.pathKey() });
        onClose();
        notifications.show({ message: `The application of ${name} is turned down` });
      },
    }),
  );
  const close = () => {
    decline.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={application !== null}
      onClose={close}
      title={`Turn ${application?.name ?? ""} down?`}
      confirm="Turn down"
      destructive
      busy={decline.isPending}
      error={decline.error}
      failed="Not turned down yet"
      words={{ ILLEGAL_TRANSITION: "Somebody decided about this application a moment ago." }}
      why={{
        label: "What is missing?",
        description: "The applicant reads this, and may correct it and apply again.",
      }}
      onConfirm={(reason) => application && decline.mutate({ doctorId: application.id, reason })}
    >
      <Text>They stay a patient, and are not listed.</Text>
    </ConfirmDialog>
  );
}
