"use client";

import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/app/_components/ConfirmDialog";
import { DetailChanges } from "@/app/_components/DetailChanges";
import { useTRPC } from "@/app/_trpc/client";
import type { ChangeView } from "@/server/doctors/schema";

type Props = { change: ChangeView | null; onClose: () => void };

const WORDS = {
  ILLEGAL_TRANSITION: "The doctor or another admin changed this a moment ago. Please look again.",
  REGISTRATION_LAPSED: "The new registration has run out by now. Please turn the change down.",
};

/** After a decision: closes the dialog, reads the lists again and says what happened. */
function useDecided(onClose: () => void) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async (message: string) => {
    await queries.invalidateQueries({ queryKey: trpc.doctors.pathKey() });
    onClose();
    notifications.show({ message });
  };
}

/** The admin approves a change. */
export function ApproveChange({ change, onClose }: Props) {
  const trpc = useTRPC();
  const decided = useDecided(onClose);
  const approve = useMutation(
    trpc.doctors.approveChange.mutationOptions({
      onSuccess: ({ doctorName }) => decided(`The change of ${doctorName} is public`),
    }),
  );
  const close = () => {
    approve.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={change !== null}
      onClose={close}
      title={`Approve the change of ${change?.doctorName ?? ""}?`}
      confirm="Approve"
      busy={approve.isPending}
      error={approve.error}
      failed="Not approved yet"
      words={WORDS}
      onConfirm={() => change && approve.mutate({ changeId: change.id })}
    >
      {change ? (
        <Stack gap="sm">
          <Text>
            Does the council's register say the same? Patients see the new values at once.
          </Text>
          <DetailChanges before={change.before} after={change.after} />
        </Stack>
      ) : null}
    </ConfirmDialog>
  );
}

/** The admin rejects a change, and writes the reason to the doctor. */
export function RejectChange({ change, onClose }: Props) {
  const trpc = useTRPC();
  const decided = useDecided(onClose);
  const reject = useMutation(
    trpc.doctors.rejectChange.mutationOptions({
      onSuccess: ({ doctorName }) => decided(`The change of ${doctorName} is turned down`),
    }),
  );
  const close = () => {
    reject.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={change !== null}
      onClose={close}
      title={`Turn down the change of ${change?.doctorName ?? ""}?`}
      confirm="Turn down"
      destructive
      busy={reject.isPending}
      error={reject.error}
      failed="Not turned down yet"
      words={WORDS}
      why={{
        label: "What does not fit?",
        description: "The doctor reads this, and may correct it and send it again.",
      }}
      onConfirm={(reason) => change && reject.mutate({ changeId: change.id, reason })}
    >
      <Text>Patients go on seeing what they see now.</Text>
    </ConfirmDialog>
  );
}
