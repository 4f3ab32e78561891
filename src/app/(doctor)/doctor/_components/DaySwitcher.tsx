"use client";

import { Button, Group } from "@mantine/core";
import { DatePickerInput, MiniCalendar } from "@mantine/dates";
import { useMediaQuery } from "@mantine/hooks";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";
import { addDays, formatCalendarDay } from "@/app/_components/format";
import classes from "./DaySwitcher.module.css";

const WIDE_DAYS = 7;
const NARROW_DAYS = 4;

/** Chooses a day: from a strip of days, with a button for today, or from a calendar. */
export function DaySwitcher({
  day,
  today,
  onChange,
}: {
  day: string;
  today: string;
  onChange: (day: string) => void;
}) {
  const wide = useMediaQuery("(min-width: 48em)", true);
  const shown = wide ? WIDE_DAYS : NARROW_DAYS;
  const [first, setFirst] = useState(addDays(day, -1));
  const inStrip = day >= first && day < addDays(first, shown);

  function pick(next: string) {
    onChange(next);
    if (next < first || next >= addDays(first, shown)) setFirst(addDays(next, -1));
  }

  return (
    <Group gap="md" className={classes.switcher} role="group" aria-label="Choose the day">
      <MiniCalendar
        date={first}
        onDateChange={setFirst}
        value={inStrip ? day : null}
        onChange={pick}
        numberOfDays={shown}
        size="md"
        monthLabelFormat={(date) => formatCalendarDay(date, "weekday")}
        previousControlProps={{ "aria-label": "Earlier days" }}
        nextControlProps={{ "aria-label": "Later days" }}
        getDayProps={(date) => ({
          "aria-label": formatCalendarDay(date, "long"),
          "aria-current": date === day ? "date" : undefined,
          "data-today": date === today || undefined,
        })}
        classNames={{ root: classes.strip, day: classes.day, control: classes.control }}
      />
      <Group gap="xs" wrap="nowrap" className={classes.far}>
        <Button variant="default" disabled={day === today} onClick={() => pick(today)}>
          Today
        </Button>
        <DatePickerInput
          aria-label="Choose a date"
          leftSection={<IconCalendar size={18} aria-hidden />}
          value={day}
          onChange={(next) => next && pick(next)}
          valueFormat="D MMM YYYY"
          className={classes.date}
        />
      </Group>
    </Group>
  );
}
