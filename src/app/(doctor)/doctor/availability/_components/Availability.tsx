"use client";

import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { useZoneTable } from "@/app/_components/TimeZone";
import { useTRPC } from "@/app/_trpc/client";
import { ConflictNotice } from "./ConflictNotice";
import { HoursEditor } from "./HoursEditor";
import { SingleSlots } from "./SingleSlots";

/** Shows a doctor's hours in an editor, and the slots of one day. */
export function Availability() {
  const trpc = useTRPC();
  // Never refetched by itself: new data would reset the editor and lose the doctor's changes.
  const query = useQuery(
    trpc.availability.get.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }),
  );
  const isZoneKnown = useZoneTable(query.data?.timezone ?? "", query.isSuccess);
  if (query.isPending || (query.isSuccess && !isZoneKnown)) return <HoursSkeleton />;
  if (query.isError) {
    return (
      <ErrorNotice
        error={query.error}
        title="We could not load your hours"
        onRetry={() => query.refetch()}
      />
    );
  }
  return (
    <Stack gap="xl" mt="lg">
      <ConflictNotice bookings={query.data.conflictingBookings} zone={query.data.timezone} />
      <HoursEditor key={query.dataUpdatedAt} saved={query.data} />
      <SingleSlots zone={query.data.timezone} />
    </Stack>
  );
}

function HoursSkeleton() {
  return (
    <Stack gap="md" mt="lg" role="status" aria-label="Loading your hours">
      <Skeleton height={120} radius="lg" />
      <Skeleton height={480} radius="lg" />
    </Stack>
  );
}
