"use client";

import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatCount } from "@/app/_components/format";
import { Panel } from "@/app/_components/Panel";
import { useTRPC } from "@/app/_trpc/client";
import type { Broken } from "@/server/audit/schema";
import classes from "./VerifyChains.module.css";

/** Asks the server to verify the audit chains, and shows the result. */
export function VerifyChains() {
  const trpc = useTRPC();
  const verify = useMutation(trpc.audit.verify.mutationOptions());
  const result = verify.data;
  return (
    <div className={classes.panel}>
      <Panel
        title="Is the record as it was written?"
        text="The server recomputes every entry's mark and compares it with its neighbours and with the signed checkpoints. That may take a moment."
      >
        <Button
          variant="default"
          loading={verify.isPending}
          onClick={() => verify.mutate({})}
          leftSection={<IconShieldCheck size={18} aria-hidden />}
        >
          Check the chains
        </Button>
        <div className={classes.result} role="status">
          {result?.ok ? (
            <Alert color="leaf" icon={<IconShieldCheck aria-hidden />} title="Nothing was changed">
              <Text size="sm" c="var(--am-ink)">
                All {formatCount(result.entries)} entries are as they were written.
              </Text>
            </Alert>
          ) : null}
          {result?.firstBroken ? (
            <Alert
              color="brick"
              icon={<IconAlertTriangle aria-hidden />}
              title="The record was tampered with"
            >
              <Text size="sm" c="var(--am-ink)">
                {placeOf(result.firstBroken)} Please leave the database as it is, and tell whoever
                runs it.
              </Text>
            </Alert>
          ) : null}
        </div>
        {verify.error ? <ErrorNotice error={verify.error} title="Not checked yet" /> : null}
      </Panel>
    </div>
  );
}

function placeOf({ chain, sequence, id }: Broken): string {
  return chain === -1
    ? `Checkpoint ${id} does not carry our signature.`
    : `The first place is entry ${id || "(missing)"}, number ${sequence} of chain ${chain}.`;
}
