"use client";

import { Select } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { firstPage } from "@/app/_trpc/first-page";
import type { Job, JobPage, OwedWork } from "@/server/job-admin/schema";
import { Rows } from "../../_components/Rows";
import classes from "../../_components/Rows.module.css";
import { JobRow } from "./JobRow";
import { LateWork } from "./LateWork";
import { PAGE_SIZE, STATUS } from "./status";

const REFRESH_MS = 15_000;

const STATUSES = Object.entries(STATUS).map(([value, { label }]) => ({ value, label }));
type Props = {
  initialStatus: Job["status"] | null;
  /** The first page of runs in the initial status. */
  initialRuns: JobPage;
  initialLateWork: OwedWork;
};

/** Lists job runs, newest first, and refreshes the list. */
export function Jobs({ initialStatus, initialRuns, initialLateWork }: Props) {
  const trpc = useTRPC();
  const [status, setStatus] = useState(initialStatus);
  const query = useInfiniteQuery(
    trpc.jobs.list.infiniteQueryOptions(
      { limit: PAGE_SIZE, status: status ?? undefined },
      {
        initialData: status === initialStatus ? firstPage(initialRuns) : undefined,
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
      <LateWork initial={initialLateWork} />
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
