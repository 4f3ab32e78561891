"use client";

import { SegmentedControl } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import type { ApplicationView } from "@/server/doctors/schema";
import { Rows } from "../../_components/Rows";
import classes from "../../_components/Rows.module.css";
import { ApproveDialog } from "./ApproveDialog";
import { Changes } from "./Changes";
import { DeclineDialog } from "./DeclineDialog";
import { DoctorFile } from "./DoctorFile";
import doctorsClasses from "./Doctors.module.css";

type Status = ApplicationView["status"];
type Shown = Status | "CHANGES";

const SEGMENTS: Array<{ value: Shown; label: string }> = [
  { value: "PENDING", label: "Waiting" },
  { value: "CHANGES", label: "Changes" },
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

/** Shows applications by status, or changes of approved details. Those that wait can be decided. */
export function Doctors({ first }: { first: Shown }) {
  const [shown, show] = useState(first);
  return (
    <>
      <p className={classes.intro}>
        Compare registration no., council and end date with the council's own register. Patients
        find and book a doctor only after you approve, and see a change only then.
      </p>
      <div className={classes.filters}>
        <SegmentedControl
          aria-label="Which applications"
          data={SEGMENTS}
          value={shown}
          onChange={(value) => show(value as Shown)}
          size="md"
          withItemsBorders={false}
          classNames={{ root: classes.segments, label: doctorsClasses.segment }}
        />
      </div>
      {shown === "CHANGES" ? <Changes /> : <Applications status={shown} />}
    </>
  );
}

function Applications({ status }: { status: Status }) {
  const trpc = useTRPC();
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
