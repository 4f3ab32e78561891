"use client";

import { Button, Group } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";
import { addDays } from "../../_components/format";
import classes from "./PeriodPicker.module.css";

/** Two calendar days, both included. */
export type Period = { from: string; to: string };

/** The longest period that the server accepts. */
const MAX_DAYS = 400;

const LENGTHS = [
  { label: "7 days", days: 7 },
  { label: "30 days", days: 30 },
  { label: "90 days", days: 90 },
];

/** Chooses a period: common lengths with buttons, any other with the calendar. */
export function PeriodPicker({
  period,
  today,
  onChange,
}: {
  period: Period;
  today: string;
  onChange: (period: Period) => void;
}) {
  // The first day while the second is not chosen yet.
  const [firstDay, setFirstDay] = useState<string | null>(null);
  return (
    <Group gap="sm" align="flex-end">
      <DatePickerInput
        type="range"
        label="Period"
        allowSingleDateInRange
        leftSection={<IconCalendar size={18} aria-hidden />}
        valueFormat="D MMM YYYY"
        minDate={addDays(today, -MAX_DAYS + 1)}
        maxDate={today}
        value={firstDay === null ? [period.from, period.to] : [firstDay, null]}
        onChange={([from, to]) => {
          setFirstDay(from && !to ? from : null);
          if (from && to) onChange({ from, to });
        }}
        onDropdownClose={() => setFirstDay(null)}
        className={classes.input}
      />
      <Group gap="xs" role="group" aria-label="Usual periods">
        {LENGTHS.map(({ label, days }) => {
          const from = addDays(today, 1 - days);
          const active = period.from === from && period.to === today;
          return (
            <Button
              key={days}
              variant={active ? "light" : "default"}
              aria-pressed={active}
              onClick={() => onChange({ from, to: today })}
              px="md"
            >
              {label}
            </Button>
          );
        })}
      </Group>
    </Group>
  );
}
