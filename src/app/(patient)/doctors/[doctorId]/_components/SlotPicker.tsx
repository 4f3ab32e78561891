"use client";

import { Alert, Button, Group, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import type { Slot } from "@/server/availability/schema";
import type { Doctor } from "@/server/doctors/schema";
import { ErrorNotice } from "../../../../_components/ErrorNotice";
import { addDays, formatCalendarDay, localDate } from "../../../../_components/format";
import { useTimeZone } from "../../../../_components/TimeZone";
import { TimeZoneNote } from "../../../../_components/TimeZoneNote";
import { DayTabs } from "./DayTabs";
import { EmptyWeek } from "./EmptyWeek";
import classes from "./SlotPicker.module.css";
import { useWeekSlots } from "./use-week-slots";
import { WeekGrid, WeekSkeleton } from "./WeekGrid";
import { DAYS_SHOWN, toWeek } from "./week";

const isDay = (text: string | null): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");

type Choose = (slot: Slot | null) => void;

/** A week of times, and whatever follows a choice. */
export function SlotPicker({
  doctor,
  chosen = null,
  day = null,
  children,
}: {
  doctor: Doctor;
  /** A slot that was chosen before sign-in, and its day. */
  chosen?: string | null;
  day?: string | null;
  /** The dialog about the chosen time. */
  children: (picked: Slot | null, choose: Choose) => ReactNode;
}) {
  const { zone, known } = useTimeZone();
  const wide = useMediaQuery("(min-width: 48em)");
  const today = localDate(new Date(), zone);
  const [asked, setFirstDay] = useState(isDay(day) ? day : null);
  // Today is not known for sure before the zone is, and it moves on at midnight.
  const firstDay = asked !== null && asked > today ? asked : today;
  const [picked, setPicked] = useState<Slot | null>(null);
  const slots = useWeekSlots(doctor.id, firstDay, zone, known);
  const gone = useRestoredChoice(chosen, slots.data, setPicked);

  const week = toWeek(slots.data ?? [], firstDay, zone, new Date());
  const empty = slots.isSuccess && week.every(({ free }) => free === 0);
  const lastDay = addDays(firstDay, DAYS_SHOWN - 1);
  const earlier = addDays(firstDay, -DAYS_SHOWN);

  return (
    <section className={classes.picker} aria-labelledby="times">
      <div className={classes.head}>
        <div>
          <Title order={2} id="times">
            Choose a time
          </Title>
          <TimeZoneNote doctorZone={doctor.timezone} />
        </div>
        <Group gap="xs" wrap="nowrap" className={classes.nav}>
          <Button
            variant="default"
            aria-label="Earlier week"
            disabled={firstDay <= today}
            onClick={() => setFirstDay(earlier)}
            px="sm"
          >
            <IconChevronLeft size={20} aria-hidden />
          </Button>
          <span className={classes.range} aria-live="polite">
            {formatCalendarDay(firstDay, "date")} – {formatCalendarDay(lastDay, "date")}
          </span>
          <Button
            variant="default"
            aria-label="Later week"
            onClick={() => setFirstDay(addDays(firstDay, DAYS_SHOWN))}
            px="sm"
          >
            <IconChevronRight size={20} aria-hidden />
          </Button>
        </Group>
      </div>
      {gone ? (
        <Alert color="turmeric" mt="md" role="status" title="The time you chose is no longer free">
          Someone was a moment quicker. Please choose another one below.
        </Alert>
      ) : null}
      {slots.isPending || wide === undefined ? (
        <WeekSkeleton />
      ) : slots.isError && !slots.data ? (
        <ErrorNotice
          error={slots.error}
          title="We could not load the times"
          onRetry={() => slots.refetch()}
        />
      ) : empty ? (
        <EmptyWeek doctor={doctor} after={addDays(lastDay, 1)} onJump={setFirstDay} />
      ) : wide ? (
        <WeekGrid week={week} onPick={setPicked} />
      ) : (
        <DayTabs key={firstDay} week={week} onPick={setPicked} />
      )}
      {children(picked, setPicked)}
    </section>
  );
}

/** Picks up the choice made before sign-in, once. @returns true when it is no longer free. */
function useRestoredChoice(
  chosen: string | null,
  slots: Slot[] | undefined,
  pick: (slot: Slot) => void,
): boolean {
  const [state, setState] = useState<"waiting" | "done" | "gone">(chosen ? "waiting" : "done");
  useEffect(() => {
    if (state !== "waiting" || !slots) return;
    const slot = slots.find(({ id, status }) => id === chosen && status === "AVAILABLE");
    if (slot) pick(slot);
    setState(slot ? "done" : "gone");
    // The address has done its work; a reload should not open the dialog again.
    history.replaceState(null, "", location.pathname);
  }, [state, slots, chosen, pick]);
  return state === "gone";
}
