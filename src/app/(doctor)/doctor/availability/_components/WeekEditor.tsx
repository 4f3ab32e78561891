import { Button, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Panel } from "@/app/_components/Panel";
import { LIMITS } from "@/server/availability/schema";
import { CopyDay } from "./CopyDay";
import { copyDay, DAYS, type Draft, type DraftRange, nextRange } from "./draft";
import { RangeFields } from "./RangeFields";
import classes from "./WeekEditor.module.css";

type Props = {
  draft: Draft;
  problems: Record<string, string>;
  onChange: (draft: Draft) => void;
};

/** Edits the hours of each weekday. */
export function WeekEditor({ draft, problems, onChange }: Props) {
  function setDay(day: number, ranges: DraftRange[]) {
    const week = draft.week.map((old, index) => (index === day ? ranges : old));
    onChange({ ...draft, week });
  }

  return (
    <Panel
      title="Weekly hours"
      text="The same every week. Each stretch is cut into consultations, one after another."
    >
      <ol className={classes.week}>
        {DAYS.map((name, day) => {
          const ranges = draft.week[day] ?? [];
          return (
            <li key={name} className={classes.day}>
              <h3 className={classes.name}>{name}</h3>
              <div className={classes.ranges}>
                {ranges.length === 0 ? (
                  <Text component="p" c="dimmed" className={classes.closed}>
                    No hours
                  </Text>
                ) : null}
                {ranges.map((range) => (
                  <RangeFields
                    key={range.key}
                    of={name}
                    range={range}
                    problem={problems[range.key]}
                    onChange={(next) =>
                      setDay(
                        day,
                        ranges.map((old) => (old.key === range.key ? next : old)),
                      )
                    }
                    onRemove={() =>
                      setDay(
                        day,
                        ranges.filter(({ key }) => key !== range.key),
                      )
                    }
                  />
                ))}
              </div>
              <div className={classes.actions}>
                {ranges.length < LIMITS.rulesPerDay ? (
                  <Button
                    variant="subtle"
                    size="sm"
                    leftSection={<IconPlus size={16} aria-hidden />}
                    aria-label={`Add hours on ${name}`}
                    onClick={() => setDay(day, [...ranges, nextRange(draft, day)])}
                  >
                    Add hours
                  </Button>
                ) : null}
                {ranges.length > 0 ? (
                  <CopyDay day={day} onCopy={(to) => onChange(copyDay(draft, day, to))} />
                ) : null}
              </div>
            </li>
          );
        })}
      </ol>
      {problems.rules ? (
        <Text component="p" size="sm" c="var(--mantine-color-error)" role="alert">
          {problems.rules}
        </Text>
      ) : null}
    </Panel>
  );
}
