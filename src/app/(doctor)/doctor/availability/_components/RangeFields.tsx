import { ActionIcon, Text } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { IconTrash } from "@tabler/icons-react";
import { useId } from "react";
import type { DraftRange } from "./draft";
import classes from "./RangeFields.module.css";

/** Edits the start and end of one time range. @param of names the range for screen readers, for example "Monday". */
export function RangeFields({
  of,
  range,
  problem,
  onChange,
  onRemove,
}: {
  of: string;
  range: DraftRange;
  problem?: string;
  onChange: (range: DraftRange) => void;
  onRemove?: () => void;
}) {
  const problemId = useId();
  const field = (name: "start" | "end") => ({
    value: range[name],
    error: Boolean(problem),
    "aria-describedby": problem ? problemId : undefined,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...range, [name]: event.currentTarget.value }),
    className: classes.time,
  });
  return (
    <div>
      <div className={classes.range}>
        <TimeInput aria-label={`${of}, from`} {...field("start")} />
        <span aria-hidden>to</span>
        <TimeInput aria-label={`${of}, to`} {...field("end")} />
        {onRemove ? (
          <ActionIcon
            variant="subtle"
            color="gray.7"
            size={44}
            aria-label={`Remove ${of}, ${range.start} to ${range.end}`}
            onClick={onRemove}
          >
            <IconTrash size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        ) : null}
      </div>
      {problem ? (
        <Text
          component="p"
          id={problemId}
          size="sm"
          c="var(--mantine-color-error)"
          role="alert"
          mt={4}
        >
          {problem}
        </Text>
      ) : null}
    </div>
  );
}
