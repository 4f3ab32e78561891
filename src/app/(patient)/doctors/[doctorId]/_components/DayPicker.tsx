"use client";

import { Skeleton, Tabs, Title } from "@mantine/core";
import { formatCalendarDay } from "@/app/_components/format";
import type { Slot } from "@/server/availability/schema";
import classes from "./DayPicker.module.css";
import { SlotButton } from "./SlotButton";
import { type Day, PARTS } from "./week";

/** Chooses a day, then one of its slots. It starts with the first day that has a free slot. */
export function DayPicker({ week, onPick }: { week: Day[]; onPick: (slot: Slot) => void }) {
  const first = week.find(({ free }) => free > 0) ?? week[0];
  return (
    <Tabs defaultValue={first?.day} className={classes.tabs} variant="pills">
      <Tabs.List className={classes.list} aria-label="Days">
        {week.map(({ day, free }) => (
          <Tabs.Tab key={day} value={day} className={classes.tab}>
            <span className={classes.weekday}>{formatCalendarDay(day, "weekday")}</span>
            <span className={classes.date}>{formatCalendarDay(day, "date")}</span>
            <span className={classes.free}>{free > 0 ? `${free} free` : "–"}</span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {week.map((day) => (
        <Tabs.Panel key={day.day} value={day.day} className={classes.panel}>
          <Title order={3}>{formatCalendarDay(day.day, "long")}</Title>
          <DayTimes day={day} onPick={onPick} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function DayTimes({ day, onPick }: { day: Day; onPick: (slot: Slot) => void }) {
  const parts = PARTS.filter((part) => day.parts[part].length > 0);
  if (parts.length === 0) return <p className={classes.none}>No times on this day.</p>;
  return parts.map((part) => (
    <section key={part} aria-label={part} className={classes.part}>
      <p className={classes.partName} aria-hidden>
        {part}
      </p>
      <ul className={classes.slots}>
        {day.parts[part].map((slot) => (
          <li key={slot.id}>
            <SlotButton slot={slot} onPick={onPick} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** The skeleton of the picker. It is as tall as an ordinary day, so that the layout does not shift. */
export function DayPickerSkeleton() {
  return (
    <div className={classes.tabs} role="status" aria-label="Loading times">
      <div className={classes.list}>
        {["a", "b", "c", "d", "e", "f", "g"].map((day) => (
          <Skeleton key={day} className={classes.tab} height="5.125rem" />
        ))}
      </div>
      <div className={classes.panel}>
        <Skeleton height={24} width="12rem" />
        <Skeleton height={180} mt="md" />
      </div>
    </div>
  );
}
