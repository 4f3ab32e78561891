"use client";

import { Button, Skeleton } from "@mantine/core";
import { Fragment, useState } from "react";
import type { Slot } from "@/server/availability/schema";
import { formatCalendarDay } from "../../../../_components/format";
import { SlotButton } from "./SlotButton";
import classes from "./WeekGrid.module.css";
import { type Day, FOLDED, needsFold, type Part, partsInUse } from "./week";

/** Seven days side by side; rows are parts of the day, so that equal times are level. */
export function WeekGrid({ week, onPick }: { week: Day[]; onPick: (slot: Slot) => void }) {
  const [all, setAll] = useState(false);
  const parts = partsInUse(week);
  const folds = needsFold(week);
  return (
    <>
      <div
        className={classes.grid}
        style={{ gridTemplateRows: `repeat(${parts.length + 1}, auto)` }}
      >
        <div className={classes.labels} aria-hidden>
          <span />
          {parts.map((part) => (
            <span key={part}>{part}</span>
          ))}
        </div>
        {week.map((day) => (
          <DayColumn key={day.day} day={day} parts={parts} all={all || !folds} onPick={onPick} />
        ))}
      </div>
      {folds ? (
        <div className={classes.fold}>
          <Button variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show fewer times" : "Show all times"}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function DayColumn({
  day,
  parts,
  all,
  onPick,
}: {
  day: Day;
  parts: Part[];
  all: boolean;
  onPick: (slot: Slot) => void;
}) {
  return (
    <section className={classes.day} aria-label={formatCalendarDay(day.day, "long")}>
      <h3 className={classes.heading} data-empty={day.free === 0 || undefined}>
        <span className={classes.weekday}>{formatCalendarDay(day.day, "weekday")}</span>
        <span>{formatCalendarDay(day.day, "date")}</span>
      </h3>
      {parts.map((part) => {
        const slots = day.parts[part];
        if (slots.length === 0) {
          return (
            <p key={part} className={classes.none}>
              <span aria-hidden>–</span>
            </p>
          );
        }
        return (
          <ul key={part} className={classes.slots} aria-label={part}>
            {(all ? slots : slots.slice(0, FOLDED)).map((slot) => (
              <li key={slot.id}>
                <SlotButton slot={slot} onPick={onPick} />
              </li>
            ))}
          </ul>
        );
      })}
    </section>
  );
}

/** The shape of the grid while it loads. */
export function WeekSkeleton() {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading times">
      {["a", "b", "c", "d", "e", "f", "g"].map((column) => (
        <Fragment key={column}>
          <div>
            <Skeleton height={44} mb={16} />
            {["1", "2", "3", "4"].map((row) => (
              <Skeleton key={row} height={44} mb={8} />
            ))}
          </div>
        </Fragment>
      ))}
    </div>
  );
}
