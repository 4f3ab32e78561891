"use client";

import { Modal, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { RecoveryCodes } from "../../_components/RecoveryCodes";
import { ReauthenticationForm } from "./ReauthenticationForm";

type Props = { opened: boolean; onClose: () => void };

/** Makes new recovery codes. The old ones stop working. */
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
      // While the codes are shown only the button closes the dialog, so that they are not lost by accident.
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
