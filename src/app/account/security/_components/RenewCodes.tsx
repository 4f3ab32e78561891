"use client";

import { Modal, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { RecoveryCodes } from "../../_components/RecoveryCodes";
import { ReauthenticationForm } from "./ReauthenticationForm";

type Props = { opened: boolean; onClose: () => void };

/** Ten new recovery codes; the old ones are worth nothing from then on. */
export function RenewCodes({ opened, onClose }: Props) {
  const trpc = useTRPC();
  const renew = useMutation(trpc.me.renewRecoveryCodes.mutationOptions());
  const codes = renew.data?.recoveryCodes;
  const close = () => {
    renew.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={codes ? "Your new recovery codes" : "Make new recovery codes?"}
      // Once they are shown only the button ends it: a slip would lose them.
      closeOnClickOutside={!codes}
      closeOnEscape={!codes}
      withCloseButton={!codes}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onKept={close} />
      ) : (
        <ReauthenticationForm
          confirm="Make new codes"
          busy={renew.isPending}
          error={renew.error}
          failed="Your old codes still hold"
          onCancel={close}
          onConfirm={(credentials) => renew.mutate(credentials)}
        >
          <Text>You get ten new ones. The ones that you have stop working.</Text>
        </ReauthenticationForm>
      )}
    </Modal>
  );
}
