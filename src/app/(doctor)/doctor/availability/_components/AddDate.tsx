import { Button, Group, Input, SegmentedControl } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import classes from "./DateList.module.css";
import { type Draft, type DraftRange, draftRange, newRange } from "./draft";
import { RangeFields } from "./RangeFields";

const KINDS = [
  { value: "off", label: "Days off" },
  { value: "special", label: "Special hours" },
];

const savedShape = z.object({
  ...{ kind: z.string(), dates: z.array(z.iso.date()), range: draftRange },
});

/** Adds days off, or dates with special hours. */
export function AddDate({
  draft,
  today,
  onAdd,
}: {
  draft: Draft;
  today: string;
  onAdd: (dates: string[], range: DraftRange | null) => void;
}) {
  const [kind, setKind] = useState("off");
  const [dates, setDates] = useState<string[]>([]);
  const [range, setRange] = useState(() => newRange(draft, "10:00", "12:00"));
  const [missing, setMissing] = useState(false);
  useDraft("date", dates.length > 0 ? { kind, dates, range } : null, savedShape, (restored) => {
    setKind(restored.kind);
    setDates(restored.dates);
    setRange(restored.range);
  });

  function add() {
    setMissing(dates.length === 0);
    if (dates.length === 0) return;
    const { start, end } = range;
    onAdd([...dates].sort(), kind === "off" ? null : newRange(draft, start, end));
    setDates([]);
  }

  return (
    <Group role="group" aria-label="Add days that differ" className={classes.form}>
      <SegmentedControl
        data={KINDS}
        value={kind}
        onChange={setKind}
        aria-label="What is different"
        className={classes.kind}
        size="md"
      />
      <DatePickerInput
        type="multiple"
        label="Dates"
        placeholder="Choose one or more"
        leftSection={<IconCalendar size={18} aria-hidden />}
        minDate={today}
        value={dates}
        onChange={(next) => {
          setDates(next);
          setMissing(false);
        }}
        valueFormat="D MMM YYYY"
        error={missing ? "Please choose a date first." : undefined}
        className={classes.dateField}
      />
      {kind === "special" ? (
        <Input.Wrapper size="md" label="Hours" className={classes.times} labelElement="div">
          <RangeFields of="Special hours" range={range} onChange={setRange} />
        </Input.Wrapper>
      ) : null}
      <Button variant="default" onClick={add} className={classes.add}>
        {kind === "off" ? "Add days off" : "Add special hours"}
      </Button>
    </Group>
  );
}
