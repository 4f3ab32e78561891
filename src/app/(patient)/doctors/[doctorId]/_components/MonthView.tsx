"use client";

import { Button, Popover, Text } from "@mantine/core";
import { Calendar } from "@mantine/dates";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendarMonth } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { addDays, formatCalendarDay } from "@/app/_components/format";
import { useTRPC } from "@/app/_trpc/client";
import classes from "./MonthView.module.css";

const WEEKS_SHOWN = 6;

type Props = {
  doctorId: string;
  zone: string;
  /** Today in the viewer's zone; no earlier day can be chosen. */
  today: string;
  /** The first day that the picker shows. */
  day: string;
  onChoose: (day: string) => void;
};

/** A calendar with the number of free slots of each day. Choosing a day shows it in the slot picker. */
export function MonthView(props: Props) {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover
      opened={opened}
      onChange={(next) => (next ? undefined : close())}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          px="sm"
          flex="none"
          leftSection={<IconCalendarMonth size={20} aria-hidden />}
          onClick={toggle}
        >
          Month
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Month">
        <Month
          {...props}
          onChoose={(day) => {
            props.onChoose(day);
            close();
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function Month({ doctorId, zone, today, day, onChoose }: Props) {
  const trpc = useTRPC();
  // Starts with the month that contains most of the shown week.
  const [month, setMonth] = useState(`${addDays(day, 3).slice(0, 7)}-01`);
  // The calendar's first week can begin up to six days before the month.
  const from = addDays(month, -6);
  const to = addDays(from, WEEKS_SHOWN * 7 - 1);
  const query = useQuery(
    trpc.availability.freeDays.queryOptions({ doctorId, from, to, timezone: zone }),
  );
  const free = new Map(query.data?.map((day) => [day.date, day.free]));
  const isEmpty =
    query.isSuccess && ![...free.keys()].some((date) => date.startsWith(month.slice(0, 7)));
  return (
    <>
      <Calendar
        date={month}
        onDateChange={setMonth}
        maxLevel="month"
        minDate={today}
        hideOutsideDates
        ariaLabels={{ previousMonth: "Earlier month", nextMonth: "Later month" }}
        excludeDate={(date) => !free.has(date)}
        getDayAriaLabel={(date) =>
          `${formatCalendarDay(date, "long")}, ${free.get(date) ?? "none"} free`
        }
        getDayProps={(date) => ({ onClick: () => onChoose(date), className: classes.day })}
        renderDay={(date) => (
          <span>
            {Number(date.slice(8))}
            <span className={classes.free}>{free.get(date) ?? "–"}</span>
          </span>
        )}
      />
      <Text size="sm" mt="xs" c="dimmed" role="status" maw="20rem">
        {query.isPending
          ? "Looking for free times…"
          : query.isError
            ? "We could not load this month. Please try again."
            : isEmpty
              ? "No free times in this month."
              : "The small number is how many times are free."}
      </Text>
    </>
  );
}
