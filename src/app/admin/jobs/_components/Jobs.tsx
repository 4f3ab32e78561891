"use client";

import { Select } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import type { Job } from "@/server/job-admin/schema";
import { Rows } from "../../_components/Rows";
import classes from "../../_components/Rows.module.css";
import { JobRow } from "./JobRow";
import { LateWork } from "./LateWork";
import { STATUS } from "./status";

const REFRESH_MS = 15_000;

const STATUSES = Object.entries(STATUS).map(([value, { label }]) => ({ value, label }));
const isStatus = (text: string | null): text is Job["status"] => text !== null && text in STATUS;

/** Runs, newest first; the list keeps itself up to date. */
export function Jobs() {
  const trpc = useTRPC();
  const asked = useSearchParams().get("status");
  const [status, setStatus] = useState<Job["status"] | null>(isStatus(asked) ? asked : null);
  const query = useInfiniteQuery(
    trpc.jobs.list.infiniteQueryOptions(
      { limit: 25, status: status ?? undefined },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        refetchInterval: REFRESH_MS,
      },
    ),
  );
  return (
    <>
      <p className={classes.intro}>
        Mails, refunds, holds that run out: what happens without anybody's click. A failed run can
        be started again; what it had done already is not done twice.
      </p>
      <LateWork />
      <div className={classes.filters}>
        <Select
          label="State"
          placeholder="Any state"
          data={STATUSES}
          value={status}
          onChange={(value) => setStatus(value as Job["status"] | null)}
          clearable
          clearButtonProps={{ "aria-label": "Clear: State" }}
          className={classes.single}
        />
      </div>
      <Rows
        query={query}
        what="runs"
        empty={
          status === null
            ? {
                title: "No runs yet",
                text: "Where the app works with an Inngest server, its runs stand in that server's dashboard.",
              }
            : { title: "No run is in this state", text: "Take the filter away to see the others." }
        }
        row={(job) => <JobRow job={job} />}
      />
    </>
  );
}
