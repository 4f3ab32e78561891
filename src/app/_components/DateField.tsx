"use client";

import { ActionIcon, Popover, TextInput } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendar } from "@tabler/icons-react";
import type { FocusEvent, ReactNode } from "react";
import { formatDate } from "./format";
import { dayOf } from "./typed-date";

type Props = {
  label: string;
  description?: string;
  /** The text as the user typed it. The form checks it with `typedDate`. */
  value?: string;
  onChange?: (typed: string) => void;
  onBlur?: (event: FocusEvent<HTMLInputElement>) => void;
  error?: ReactNode;
  /** Bounds of the calendar, as YYYY-MM-DD. */
  from: string;
  to: string;
  /** Starts the calendar with the choice of a year, for dates long ago. */
  yearFirst?: boolean;
  autoComplete?: string;
};

/**
 * A field for a date, with a calendar. On blur, a text that is a date is rewritten with the month as a
 * word, so that nobody confuses the day and the month. Any other text stays as it is.
 */
export function DateField({
  label,
  description,
  value = "",
  onChange,
  onBlur,
  error,
  from,
  to,
  yearFirst = false,
  autoComplete = "off",
}: Props) {
  const [opened, calendar] = useDisclosure(false);
  const day = dayOf(value);
  const inRange = day !== null && day >= from && day <= to;

  return (
    <Popover
      opened={opened}
      onChange={(open) => (open ? calendar.open() : calendar.close())}
      position="bottom-end"
      withRoles={false}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <TextInput
          label={label}
          description={description ?? "Day, month, year"}
          placeholder="DD/MM/YYYY"
          autoComplete={autoComplete}
          value={value}
          error={error}
          onChange={(event) => onChange?.(event.currentTarget.value)}
          onBlur={(event) => {
            onBlur?.(event);
            if (day) onChange?.(formatDate(day));
          }}
          rightSectionWidth={44}
          rightSection={
            <ActionIcon
              variant="subtle"
              color="gray.7"
              size={36}
              aria-label={`Choose from a calendar: ${label}`}
              aria-expanded={opened}
              onClick={calendar.toggle}
            >
              <IconCalendar size={20} stroke={1.6} aria-hidden />
            </ActionIcon>
          }
        />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={label}>
        <DatePicker
          value={inRange ? day : null}
          defaultDate={inRange ? day : undefined}
          defaultLevel={yearFirst && !inRange ? "decade" : "month"}
          minDate={from}
          maxDate={to}
          onChange={(chosen) => {
            if (chosen) onChange?.(formatDate(chosen));
            calendar.close();
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
