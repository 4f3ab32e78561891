"use client";

import { Alert, Button, Group, Title } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import {
  addDays,
  formatCalendarDay,
  isCalendarDay,
  localDate,
  startOfDay,
} from "@/app/_components/format";
import { useTimeZone } from "@/app/_components/TimeZone";
import { TimeZoneNote } from "@/app/_components/TimeZoneNote";
import type { Slot } from "@/server/availability/schema";
import type { Doctor } from "@/server/doctors/schema";
import { DayPicker, DayPickerSkeleton } from "./DayPicker";
import { EmptyWeek } from "./EmptyWeek";
import { MonthView } from "./MonthView";
import classes from "./SlotPicker.module.css";
import { useWeekSlots } from "./use-week-slots";
import { DAYS_SHOWN, toWeek } from "./week";

/** Lets the viewer choose a slot from one week, and change the week. */
export function SlotPicker({
  doctor,
  chosen = null,
  day = null,
  onPick,
}: {
  doctor: Doctor;
  /** The id of a slot that was chosen before sign-in. */
  chosen?: string | null;
  /** The day of that slot, as YYYY-MM-DD. */
  day?: string | null;
  onPick: (slot: Slot) => void;
}) {
  const { zone, known } = useTimeZone();
  const today = localDate(new Date(), zone);
  const [chosenFirstDay, setFirstDay] = useState(isCalendarDay(day) ? day : null);
  // Today depends on the zone, and changes at midnight, so it is compared on each rendering.
  const firstDay = chosenFirstDay !== null && chosenFirstDay > today ? chosenFirstDay : today;
  const slots = useWeekSlots(doctor.id, firstDay, zone, known);
  const gone = useRestoredChoice(chosen, slots.data, onPick);

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
          <TimeZoneNote
            doctorZone={doctor.timezone}
            from={startOfDay(firstDay, zone)}
            to={startOfDay(addDays(lastDay, 1), zone)}
          />
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
          <MonthView
            doctorId={doctor.id}
            zone={zone}
            today={today}
            day={firstDay}
            onChoose={setFirstDay}
          />
        </Group>
      </div>
      {gone ? (
        <Alert color="turmeric" mt="md" role="status" title="The time you chose is no longer free">
          Someone was a moment quicker. Please choose another one below.
        </Alert>
      ) : null}
      {slots.isPending ? (
        <DayPickerSkeleton />
      ) : slots.isError && !slots.data ? (
        <ErrorNotice
          error={slots.error}
          title="We could not load the times"
          onRetry={() => slots.refetch()}
        />
      ) : empty ? (
        <EmptyWeek doctor={doctor} after={addDays(lastDay, 1)} onJump={setFirstDay} />
      ) : (
        <DayPicker key={firstDay} week={week} onPick={onPick} />
      )}
    </section>
  );
}

/** Picks the slot that was chosen before sign-in, once. @returns true if it is no longer free. */
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
    // The slot is removed from the address, so that a reload does not open the dialog again.
    history.replaceState(null, "", location.pathname);
  }, [state, slots, chosen, pick]);
  return state === "gone";
}
