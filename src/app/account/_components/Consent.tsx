"use client";

import { Button, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ConsentPage } from "@/server/accounts/schema";
import { ConfirmDialog } from "../../_components/ConfirmDialog";
import { CONSENT_TEXT } from "../../_components/consent-text";
import { ErrorNotice } from "../../_components/ErrorNotice";
import { Panel } from "../../_components/Panel";
import { When } from "../../_components/When";
import { useTRPC } from "../../_trpc/client";

const PURPOSE = { purpose: "consultation" } as const;

/** Shows whether the patient has agreed to online consultations, and lets them give or withdraw the consent. */
export function Consent({ initial }: { initial: ConsentPage }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [isOpen, dialog] = useDisclosure(false);
  const { data } = useQuery(trpc.me.consents.queryOptions(undefined, { initialData: initial }));
  const refresh = () => queries.invalidateQueries({ queryKey: trpc.me.consents.queryKey() });
  const give = useMutation(trpc.me.giveConsent.mutationOptions({ onSuccess: refresh }));
  const withdraw = useMutation(
    trpc.me.withdrawConsent.mutationOptions({
      onSuccess: async () => {
        await refresh();
        dialog.close();
      },
    }),
  );
  const given = data.items.find(({ purpose }) => purpose === PURPOSE.purpose);

  return (
    <Panel title="Consent to online consultations" text={CONSENT_TEXT}>
      {given ? (
        <Stack gap="sm" align="flex-start">
          <Text>
            You agreed on <When at={given.givenAt} as="day" />.
          </Text>
          <Button variant="default" onClick={dialog.open}>
            Take it back…
          </Button>
        </Stack>
      ) : (
        <Stack gap="sm" align="flex-start">
          <Text>You have given no consent, or have taken it back.</Text>
          {give.error ? <ErrorNotice error={give.error} title="Not recorded yet" /> : null}
          <Button loading={give.isPending} onClick={() => give.mutate(PURPOSE)}>
            I agree
          </Button>
        </Stack>
      )}
      <ConfirmDialog
        opened={isOpen}
        onClose={dialog.close}
        title="Take your consent back?"
        confirm="Take it back"
        busy={withdraw.isPending}
        error={withdraw.error}
        failed="Your consent still stands"
        onConfirm={() => withdraw.mutate(PURPOSE)}
      >
        <Text>
          Your doctors can no longer read what you wrote when you booked. What was written until now
          is kept, as the law asks of doctors. Consultations that you have booked stay booked;
          cancel them if you no longer want them.
        </Text>
      </ConfirmDialog>
    </Panel>
  );
}
