"use client";

import { Alert, Box, Text } from "@mantine/core";
import { IconClock, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { TextLink } from "@/app/_components/LinkButton";
import { Panel } from "@/app/_components/Panel";
import { RegistrationFacts, RegistrationMark } from "@/app/_components/RegistrationFacts";
import { useTRPC } from "@/app/_trpc/client";
import type { ApplicationView } from "@/server/doctors/schema";
import { ApplicationForm } from "./ApplicationForm";

/** Shows the application, and the next step for its status: none yet, waiting, turned down or approved. */
export function Application({ initial }: { initial: ApplicationView | null }) {
  const trpc = useTRPC();
  const { data: application } = useQuery(
    trpc.doctors.application.queryOptions(undefined, { initialData: initial }),
  );
  if (!application || application.status === "REJECTED") {
    return (
      <>
        {application ? (
          <Alert
            color="clay"
            icon={<IconInfoCircle aria-hidden />}
            title="We could not approve your application"
          >
            <Text size="sm" c="var(--am-ink)">
              The clinic writes: {application.rejectionReason}
            </Text>
            <Text size="sm" c="var(--am-ink)">
              You can correct it below and send it again.
            </Text>
          </Alert>
        ) : null}
        <ApplicationForm before={application ?? undefined} />
      </>
    );
  }
  return (
    <>
      {application.status === "PENDING" ? (
        <Alert color="turmeric" icon={<IconClock aria-hidden />} title="We are checking it">
          <Text size="sm" c="var(--am-ink)">
            We compare your number with your council's register. Once that is done you are signed
            out once, and find your hours and your day when you sign in again.
          </Text>
        </Alert>
      ) : null}
      <Panel
        title={application.status === "PENDING" ? "What you sent" : "As patients see you"}
        text={
          application.status === "PENDING" ? (
            <>
              Is something here not right? Please{" "}
              <TextLink href="/contact">write to the clinic</TextLink>, which changes it.
            </>
          ) : (
            <>
              Is something here no longer right? Change it on your{" "}
              <TextLink href="/doctor/profile">public profile</TextLink>.
            </>
          )
        }
      >
        <Box mb="sm">
          <RegistrationMark application={application} pending="Being checked" />
        </Box>
        <RegistrationFacts application={application} />
      </Panel>
    </>
  );
}
