"use client";

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { Facts } from "@/app/_components/Facts";
import { When } from "@/app/_components/When";
import { useTRPC } from "@/app/_trpc/client";

const OUTCOMES = { COMPLETED: "went well", FAILED: "failed", LOST: "was cut off" };

/** Lists the tries of a job run in order. */
export function JobSteps({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.jobs.get.queryOptions({ runId }));
  if (query.isPending) return <Skeleton height={80} role="status" aria-label="Loading the tries" />;
  if (query.isError && !query.data) {
    return (
      <ErrorNotice
        error={query.error}
        title="We could not load the tries"
        onRetry={() => query.refetch()}
      />
    );
  }
  const { tries } = query.data;
  if (tries.length === 0) return <p>Nothing was tried yet.</p>;
  return (
    <Facts
      facts={tries.map((attempt, index) => [
        `${index + 1}. ${attempt.stepName ?? "the run itself"}`,
        <span key={`${attempt.at} ${attempt.attempt}`}>
          <When at={attempt.at} as="dayTime" />: {OUTCOMES[attempt.outcome]}
          {attempt.ms === null ? "" : ` after ${attempt.ms} ms`}
          {attempt.error ? `. ${attempt.error.name}: ${attempt.error.message}` : ""}
        </span>,
      ])}
    />
  );
}
