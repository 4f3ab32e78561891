"use client";

import { Alert, Button, Text } from "@mantine/core";
import { IconCheck, IconClock, IconInfoCircle } from "@tabler/icons-react";
import { DetailChanges } from "@/app/_components/DetailChanges";
import { When } from "@/app/_components/When";
import { APPROVED_FIELDS, type Profile, type ProfileInput } from "@/server/doctors/schema";

/** Shows the change that waits for the clinic, or the clinic's last decision. */
export function ChangeState({
  profile,
  busy,
  onWithdraw,
}: {
  profile: Profile;
  busy: boolean;
  onWithdraw: (publicValues: ProfileInput) => void;
}) {
  const { pending, decision } = profile;
  if (pending) {
    const { requestedAt, ...after } = pending;
    const waiting = APPROVED_FIELDS.filter((field) => field in after && profile[field] !== null);
    const publicValues = Object.fromEntries(waiting.map((field) => [field, profile[field]]));
    return (
      <Alert
        color="turmeric"
        icon={<IconClock aria-hidden />}
        title="A change waits for the clinic"
      >
        <Text size="sm" c="var(--am-ink)" mb="xs">
          Sent <When at={requestedAt} as="soon" />. Until we have compared it with the register,
          patients see what is there now. We write to you once it is decided.
        </Text>
        <DetailChanges before={profile} after={after} beforeLabel="Patients see" />
        <Button
          variant="default"
          size="sm"
          mt="sm"
          loading={busy}
          onClick={() => onWithdraw(publicValues)}
        >
          Take it back
        </Button>
      </Alert>
    );
  }
  if (!decision) return null;
  if (decision.status === "APPROVED") {
    return (
      <Alert color="leaf" icon={<IconCheck aria-hidden />} title="Your last change is approved">
        <Text size="sm" c="var(--am-ink)">
          Patients see it since <When at={decision.at} as="day" />.
        </Text>
      </Alert>
    );
  }
  return (
    <Alert
      color="clay"
      icon={<IconInfoCircle aria-hidden />}
      title="We could not approve your last change"
    >
      <Text size="sm" c="var(--am-ink)" mb="xs">
        The clinic writes: {decision.reason}
      </Text>
      <DetailChanges
        before={profile}
        after={decision.change}
        beforeLabel="Patients see"
        afterLabel="You asked for"
      />
    </Alert>
  );
}
