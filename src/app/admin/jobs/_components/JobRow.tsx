"use client";

import { useState } from "react";
import { IconBadge } from "@/app/_components/IconBadge";
import { When } from "@/app/_components/When";
import type { Job } from "@/server/job-admin/schema";
import classes from "../../_components/Rows.module.css";
import { JobSteps } from "./JobSteps";
import { Retry } from "./Retry";
import { causeOf, jobName, STATUS } from "./status";

/** Shows one job run. Its steps are loaded when the details are opened. */
export function JobRow({ job }: { job: Job }) {
  const [open, setOpen] = useState(false);
  const { label, color, Icon } = STATUS[job.status];
  return (
    <article>
      <div className={classes.row}>
        <div className={classes.main}>
          <p className={classes.name}>{jobName(job.functionId)}</p>
          <p className={classes.quiet}>
            Began <When at={job.createdAt} as="dayTime" />, {causeOf(job.event.name)}
          </p>
          <p className={classes.quiet}>
            {job.attempts} {job.attempts === 1 ? "try" : "tries"}
            {job.retries > 0 ? `, started again by hand ${job.retries}×` : ""}
            {job.dueAt && job.status === "SLEEPING" ? (
              <>
                , goes on <When at={job.dueAt} as="soon" />
              </>
            ) : null}
          </p>
          {job.error ? (
            <p className={classes.problem}>
              {job.error.name}: {job.error.message}
            </p>
          ) : null}
        </div>
        <IconBadge color={color} Icon={Icon}>
          {label}
        </IconBadge>
        {job.status === "FAILED" ? <Retry job={job} /> : null}
      </div>
      <details className={classes.details} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Steps and tries</summary>
        {open ? <JobSteps runId={job.id} /> : null}
      </details>
    </article>
  );
}
