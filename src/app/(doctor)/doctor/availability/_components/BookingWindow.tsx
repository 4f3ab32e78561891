import { Select } from "@mantine/core";
import { formatMinutes } from "@/app/_components/format";
import { Panel } from "@/app/_components/Panel";
import { zoneOptions } from "@/app/_components/TimeZoneNote";
import classes from "./BookingWindow.module.css";
import { type Draft, setLengths, shared } from "./draft";

const LENGTHS = [10, 15, 20, 30, 45, 60, 90];
const BREAKS = [0, 5, 10, 15, 30];
const NOTICES = [0, 30, 60, 120, 240, 720, 1440, 2880];
const HORIZONS = [7, 14, 30, 60, 90];

/** Returns the options of a field. They include the current value, even if it is an unusual one. */
function options(values: number[], current: number | null, label: (value: number) => string) {
  const all = new Set(current === null ? values : [...values, current]);
  return [...all]
    .sort((a, b) => a - b)
    .map((value) => ({ value: String(value), label: label(value) }));
}

/** Edits the length of consultations, the zone, and the earliest and latest time of a booking. */
export function BookingWindow({
  draft,
  problems,
  onChange,
}: {
  draft: Draft;
  problems: Record<string, string>;
  onChange: (draft: Draft) => void;
}) {
  const length = shared(draft, "slotMinutes");
  const pause = shared(draft, "bufferMinutes");
  const { minimumNoticeMinutes: notice, horizonDays: horizon } = draft;
  const fields = [
    {
      label: "A consultation lasts",
      value: length,
      data: options(LENGTHS, length, formatMinutes),
      apply: (slotMinutes: number) => setLengths(draft, { slotMinutes }),
    },
    {
      label: "Break after each",
      value: pause,
      data: options(BREAKS, pause, (value) => (value === 0 ? "None" : formatMinutes(value))),
      apply: (bufferMinutes: number) => setLengths(draft, { bufferMinutes }),
    },
    {
      label: "Patients book at the latest",
      value: notice,
      data: options(NOTICES, notice, (value) =>
        value === 0 ? "Up to the start" : `${formatMinutes(value)} before`,
      ),
      apply: (minimumNoticeMinutes: number) => ({ ...draft, minimumNoticeMinutes }),
      error: problems.minimumNoticeMinutes,
    },
    {
      label: "Patients book at the earliest",
      value: horizon,
      data: options(HORIZONS, horizon, (value) => `${value} ${value === 1 ? "day" : "days"} ahead`),
      apply: (horizonDays: number) => ({ ...draft, horizonDays }),
      error: problems.horizonDays,
    },
  ];
  return (
    <Panel title="How patients book">
      <div className={classes.fields}>
        {fields.map(({ label, value, data, apply, error }) => (
          <Select
            key={label}
            label={label}
            data={data}
            value={value === null ? null : String(value)}
            placeholder="Differs between your hours"
            allowDeselect={false}
            error={error}
            onChange={(next) => next && onChange(apply(Number(next)))}
          />
        ))}
        <Select
          label="Your hours are in"
          data={zoneOptions(draft.timezone)}
          value={draft.timezone}
          searchable
          allowDeselect={false}
          limit={80}
          nothingFoundMessage="No such city. Try a bigger one nearby"
          onChange={(timezone) => timezone && onChange({ ...draft, timezone })}
        />
      </div>
    </Panel>
  );
}
