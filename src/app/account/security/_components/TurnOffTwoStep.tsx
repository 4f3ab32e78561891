"use client";

import { Modal, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { ReauthenticationForm } from "./ReauthenticationForm";

type Props = { opened: boolean; onClose: () => void };

/** Turns two-step sign-in off. */
export function TurnOffTwoStep({ opened, onClose }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const off = useMutation(
    trpc.me.disableTotp.mutationOptions({
      onSuccess: async () => {
        onClose();
        notifications.show({ message: "Two-step sign-in is off" });
        await queries.invalidateQueries({ queryKey: trpc.me.get.queryKey() });
      },
    }),
  );
  const close = () => {
    off.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Turn two-step sign-in off?">
      <ReauthenticationForm
        confirm="Turn it off"
        destructive
        busy={off.isPending}
        error={off.error}
        failed="It is still on"
        onCancel={close}
        onConfirm={(credentials) => off.mutate(credentials)}
      >
        <Text>
          Then your password alone opens your account. Your recovery codes stop working, and your
          other devices are signed out.
        </Text>
      </ReauthenticationForm>
    </Modal>
  );
}
