"use client";

import { SegmentedControl } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ApplicationView } from "@/server/doctors/schema";
import { useTRPC } from "../../../_trpc/client";
import { Rows } from "../../_components/Rows";
import classes from "../../_components/Rows.module.css";
import { ApproveDialog } from "./ApproveDialog";
import { DeclineDialog } from "./DeclineDialog";
import { DoctorFile } from "./DoctorFile";

type Status = ApplicationView["status"];

const STATUSES: Array<{ value: Status; label: string }> = [
  { value: "PENDING", label: "Waiting" },
  { value: "APPROVED", label: "Approved" },
  { value: "REJECTED", label: "Turned down" },
];

const EMPTY: Record<Status, { title: string; text: string }> = {
  PENDING: {
    title: "Nobody is waiting",
    text: "Whoever asks to be listed as a doctor stands here until you have decided.",
  },
  APPROVED: { title: "No doctors yet", text: "Doctors whom you approve stand here." },
  REJECTED: {
    title: "Nobody was turned down",
    text: "Whoever is may correct the application and send it again.",
  },
};

/** Applications by their state; those that wait come with their two decisions. */
export function Doctors() {
  const trpc = useTRPC();
  const [status, setStatus] = useState<Status>("PENDING");
  const [approving, approve] = useState<ApplicationView | null>(null);
  const [declining, decline] = useState<ApplicationView | null>(null);
  const query = useInfiniteQuery(
    trpc.doctors.applications.infiniteQueryOptions(
      { status, limit: 20 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
      },
    ),
  );
  return (
    <>
      <p className={classes.intro}>
        Compare registration no., council and end date with the council's own register. Patients
        find and book a doctor only after you approve.
      </p>
      <div className={classes.filters}>
        <SegmentedControl
          aria-label="Which applications"
          data={STATUSES}
          value={status}
          onChange={(value) => setStatus(value as Status)}
          size="md"
          withItemsBorders={false}
          className={classes.segments}
        />
      </div>
      <Rows
        query={query}
        what="applications"
        empty={EMPTY[status]}
        row={(application) => (
          <DoctorFile
            application={application}
            onApprove={() => approve(application)}
            onDecline={() => decline(application)}
          />
        )}
      />
      <ApproveDialog application={approving} onClose={() => approve(null)} />
      <DeclineDialog application={declining} onClose={() => decline(null)} />
    </>
  );
}
