"use client";

import { Button, Group } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";
import { addDays } from "../../_components/format";
import classes from "./PeriodPicker.module.css";

/** Two calendar days, both included. */
export type Period = { from: string; to: string };

/** What the server counts at once. */
const MOST_DAYS = 400;

const LENGTHS = [
  { label: "7 days", days: 7 },
  { label: "30 days", days: 30 },
  { label: "90 days", days: 90 },
];

/** The usual lengths as buttons, any other period in the calendar. */
export function PeriodPicker({
  period,
  today,
  onChange,
}: {
  period: Period;
  today: string;
  onChange: (period: Period) => void;
}) {
  // Half-chosen: the calendar needs the first day before there is a second.
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Group gap="sm" align="flex-end">
      <DatePickerInput
        type="range"
        label="Period"
        allowSingleDateInRange
        leftSection={<IconCalendar size={18} aria-hidden />}
        valueFormat="D MMM YYYY"
        minDate={addDays(today, -MOST_DAYS + 1)}
        maxDate={today}
        value={open === null ? [period.from, period.to] : [open, null]}
        onChange={([from, to]) => {
          setOpen(from && !to ? from : null);
          if (from && to) onChange({ from, to });
        }}
        onDropdownClose={() => setOpen(null)}
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
