"use client";

import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { LinkButton } from "@/app/_components/LinkButton";
import { Panel } from "@/app/_components/Panel";
import { useTRPC } from "@/app/_trpc/client";
import type { Me } from "@/server/accounts/schema";
import { RenewCodes } from "./RenewCodes";
import { TurnOffTwoStep } from "./TurnOffTwoStep";

/** Shows whether two-step sign-in is on, and lets the user turn it on or off. */
export function TwoStep({ initial, required }: { initial: Me; required: boolean }) {
  const trpc = useTRPC();
  const { data: me } = useQuery(trpc.me.get.queryOptions(undefined, { initialData: initial }));
  return (
    <Panel
      title="Two-step sign-in"
      text="After your password you enter a code from an app on your phone. So a stolen password alone opens nothing."
    >
      {me.mfaEnabled ? (
        <TurnedOn required={required} />
      ) : (
        <Stack gap="sm" align="flex-start">
          <Text>It is off. Setting it up takes about two minutes, with your phone at hand.</Text>
          <LinkButton href="/account/two-step">Set up two-step sign-in</LinkButton>
        </Stack>
      )}
    </Panel>
  );
}

function TurnedOn({ required }: { required: boolean }) {
  const [openDialog, setOpenDialog] = useState<"renew" | "off" | null>(null);
  const close = () => setOpenDialog(null);
  return (
    <Stack gap="md" align="flex-start">
      <Badge
        size="lg"
        tt="none"
        fw={550}
        leftSection={<IconCheck size={14} stroke={2} aria-hidden />}
      >
        It is on
      </Badge>
      <Text>
        Without your phone you get in with one of your recovery codes. Each works once; when few are
        left, make new ones.
      </Text>
      <Group gap="sm">
        <Button variant="default" onClick={() => setOpenDialog("renew")}>
          New recovery codes…
        </Button>
        {required ? null : (
          <Button variant="default" onClick={() => setOpenDialog("off")}>
            Turn it off…
          </Button>
        )}
      </Group>
      {required ? (
        <Text size="sm" c="dimmed">
          Your role needs it, so it cannot be turned off.
        </Text>
      ) : null}
      <RenewCodes opened={openDialog === "renew"} onClose={close} />
      <TurnOffTwoStep opened={openDialog === "off"} onClose={close} />
    </Stack>
  );
}
