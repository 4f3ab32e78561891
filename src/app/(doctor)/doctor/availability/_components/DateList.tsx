import { ActionIcon, Text } from "@mantine/core";
import { IconCalendarOff, IconClockEdit, IconTrash } from "@tabler/icons-react";
import { formatCalendarDay, formatClockTime, localDate } from "@/app/_components/format";
import { Panel } from "@/app/_components/Panel";
import { AddDate } from "./AddDate";
import classes from "./DateList.module.css";
import { addDate, type Draft, type DraftDate } from "./draft";

/** Edits the dates that differ from the weekly hours: days off and special hours. */
export function DateList({
  draft,
  problems,
  onChange,
}: {
  draft: Draft;
  problems: Record<string, string>;
  onChange: (draft: Draft) => void;
}) {
  const today = localDate(new Date(), draft.timezone);
  const coming = draft.dates.filter(({ date }) => date >= today);

  function remove(key: string) {
    onChange({ ...draft, dates: draft.dates.filter((date) => date.key !== key) });
  }

  return (
    <Panel
      title="Days that differ"
      text="Days off and special hours stand in place of the weekly hours of their date."
    >
      {coming.length > 0 ? (
        <ul className={classes.dates}>
          {coming.map((item) => (
            <DateRow
              key={item.key}
              item={item}
              problem={problems[item.key]}
              onRemove={() => remove(item.key)}
            />
          ))}
        </ul>
      ) : null}
      {problems.exceptions ? (
        <Text component="p" size="sm" c="var(--mantine-color-error)" role="alert" mb="sm">
          {problems.exceptions}
        </Text>
      ) : null}
      <AddDate
        draft={draft}
        today={today}
        onAdd={(dates, range) =>
          onChange(dates.reduce((next, date) => addDate(next, date, range), draft))
        }
      />
    </Panel>
  );
}

function DateRow({
  item: { date, range },
  problem,
  onRemove,
}: {
  item: DraftDate;
  problem?: string;
  onRemove: () => void;
}) {
  const day = formatCalendarDay(date, "long");
  const Icon = range ? IconClockEdit : IconCalendarOff;
  const what = range
    ? `${formatClockTime(range.start || "00:00")} – ${formatClockTime(range.end || "00:00")}`
    : "Day off";
  return (
    <li className={classes.date}>
      <Icon size={20} stroke={1.6} aria-hidden className={classes.icon} />
      <div className={classes.what}>
        <span className={classes.day}>{day}</span>
        <span className="numeric">{what}</span>
        {problem ? (
          <Text span size="sm" c="var(--mantine-color-error)" role="alert">
            {problem}
          </Text>
        ) : null}
      </div>
      <ActionIcon
        variant="subtle"
        color="gray.7"
        size={44}
        aria-label={`Remove ${day}, ${what}`}
        onClick={onRemove}
      >
        <IconTrash size={20} stroke={1.6} aria-hidden />
      </ActionIcon>
    </li>
  );
}
