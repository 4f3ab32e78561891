"use client";

import { Button, Skeleton } from "@mantine/core";
import { EmptyNotice } from "@/app/_components/EmptyNotice";
import { formatDayTime, localDate } from "@/app/_components/format";
import { LinkButton } from "@/app/_components/LinkButton";
import { useTimeZone } from "@/app/_components/TimeZone";
import type { Doctor } from "@/server/doctors/schema";
import classes from "./EmptyWeek.module.css";
import { useNextFree } from "./use-week-slots";

/** Says that a week has no free slot, and offers the next free one. */
export function EmptyWeek({
  doctor,
  after,
  onJump,
}: {
  doctor: Doctor;
  after: string;
  onJump: (day: string) => void;
}) {
  const { zone } = useTimeZone();
  const next = useNextFree(doctor.id, after, zone, true);
  const field = doctor.specializations[0] ?? "";

  if (next.isPending) return <Skeleton height={220} mt="lg" />;
  const found = next.data
    ? { at: next.data.startsAt, title: "No free times this week", which: "next" }
    : doctor.nextAvailableAt
      ? { at: doctor.nextAvailableAt, title: "Nothing is open this far ahead yet", which: "first" }
      : null;
  if (found) {
    return (
      <div className={classes.empty}>
        <EmptyNotice
          heading={3}
          title={found.title}
          text={`The ${found.which} free time is ${formatDayTime(found.at, zone)}.`}
        >
          <Button onClick={() => onJump(localDate(found.at, zone))}>Go to that day</Button>
        </EmptyNotice>
      </div>
    );
  }
  return (
    <div className={classes.empty}>
      <EmptyNotice
        heading={3}
        title="No free times at the moment"
        text={`${doctor.name} has not opened more times yet. Another doctor may be able to help sooner.`}
      >
        <LinkButton href={`/doctors?specialization=${encodeURIComponent(field)}`}>
          Other doctors for {field}
        </LinkButton>
      </EmptyNotice>
    </div>
  );
}
