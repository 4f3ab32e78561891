"use client";

import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/app/_components/ConfirmDialog";
import { useTRPC } from "@/app/_trpc/client";
import type { Job } from "@/server/job-admin/schema";
import { jobName } from "./status";

/** Starts a failed job run again, after a confirmation. */
export function Retry({ job }: { job: Job }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [isOpen, dialog] = useDisclosure(false);
  const retry = useMutation(
    trpc.jobs.retry.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.jobs.pathKey() });
        dialog.close();
      },
    }),
  );
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={dialog.open}
        aria-label={`Start again: ${jobName(job.functionId)}`}
      >
        Start again…
      </Button>
      <ConfirmDialog
        opened={isOpen}
        onClose={dialog.close}
        title="Start this run again?"
        confirm="Start again"
        busy={retry.isPending}
        error={retry.error}
        failed="Not started yet"
        words={{ ILLEGAL_TRANSITION: "Somebody started it again a moment ago." }}
        onConfirm={() => retry.mutate({ runId: job.id })}
      >
        <Text>It goes on where it failed. Steps that were done stay done.</Text>
      </ConfirmDialog>
    </>
  );
}
