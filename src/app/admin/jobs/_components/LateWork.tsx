"use client";

import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { When } from "@/app/_components/When";
import { useTRPC } from "@/app/_trpc/client";
import type { OwedWork } from "@/server/job-admin/schema";
import classes from "../../_components/Rows.module.css";

const REFRESH_MS = 15_000;

/** What an admin reads for each kind of owed work. */
const KINDS: Record<string, string> = {
  messages: "Messages that are not sent",
  holds: "Holds that are over and still keep their time",
  "payments and refunds": "Refunds that the gateway has not taken",
  checkouts: "Payment pages that are still open for a hold that is gone",
  receipts: "Receipts that have no number yet",
  "missed consultations": "Consultations to which no doctor came, not yet paid back",
  events: "Events that no job engine has taken",
  "job runs": "Runs that no job engine goes on with",
};

/** Lists the work that is late although a sweep looked for it. It works with both job engines. */
export function LateWork({ initial }: { initial: OwedWork }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.jobs.owed.queryOptions(undefined, { initialData: initial, refetchInterval: REFRESH_MS }),
  );
  const late = data.kinds.filter(({ late, error }) => late > 0 || error);
  return (
    <div role="status" className={classes.intro}>
      {late.length > 0 ? (
        <Alert color="brick" icon={<IconAlertTriangle aria-hidden />} title="Some work is late">
          <List size="sm" c="var(--am-ink)">
            {late.map((kind) => (
              <LateKind key={kind.name} kind={kind} />
            ))}
          </List>
        </Alert>
      ) : (
        <Text size="sm">
          Nothing is late. Jobs run{" "}
          {data.engine === "embedded" ? "in this app." : "on an Inngest server."}
        </Text>
      )}
    </div>
  );
}

function LateKind({ kind }: { kind: OwedWork["kinds"][number] }) {
  const { name, late, lateSince, error } = kind;
  return (
    <List.Item>
      {KINDS[name] ?? name}: {late}
      {lateSince ? (
        <>
          , the oldest since <When at={lateSince} as="dayTime" />
        </>
      ) : null}
      {error ? `. The last try failed (${error}); the log says why.` : ""}
    </List.Item>
  );
}
