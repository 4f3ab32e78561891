"use client";

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorNotice } from "../../_components/ErrorNotice";
import { Panel } from "../../_components/Panel";
import { useTRPC } from "../../_trpc/client";
import { ProfileForm } from "./ProfileForm";

/** One's own details, read and then changed in place. */
export function Profile() {
  const trpc = useTRPC();
  const query = useQuery(trpc.me.get.queryOptions());
  if (query.isPending) {
    return <Skeleton height={480} radius="lg" role="status" aria-label="Loading your profile" />;
  }
  if (query.isError && !query.data) {
    return (
      <ErrorNotice
        error={query.error}
        title="We could not load your profile"
        onRetry={() => query.refetch()}
      />
    );
  }
  return (
    <Panel title="Your details" text="Your phone, date of birth and gender are kept encrypted.">
      <ProfileForm me={query.data} />
    </Panel>
  );
}
