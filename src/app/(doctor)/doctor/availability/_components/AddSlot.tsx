import { Button, Select } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatMinutes, localInstant } from "@/app/_components/format";
import { useTRPC } from "@/app/_trpc/client";
import classes from "./SingleSlots.module.css";

const LENGTHS = [10, 15, 20, 30, 45, 60, 90].map((minutes) => ({
  value: String(minutes),
  label: formatMinutes(minutes),
}));

const savedShape = z.object({ start: z.string(), minutes: z.string() });

/** Creates a single slot on a day. */
export function AddSlot({
  day,
  zone,
  onAdded,
}: {
  day: string;
  zone: string;
  onAdded: () => void;
}) {
  const trpc = useTRPC();
  const [start, setStart] = useState("");
  const [minutes, setMinutes] = useState("30");
  const [missing, setMissing] = useState(false);
  useDraft(`time ${day}`, start ? { start, minutes } : null, savedShape, (restored) => {
    setStart(restored.start);
    setMinutes(restored.minutes);
  });
  const create = useMutation(
    trpc.availability.createSlot.mutationOptions({
      onSuccess: () => {
        setStart("");
        onAdded();
      },
    }),
  );

  function open(event: FormEvent) {
    event.preventDefault();
    setMissing(start === "");
    if (start === "") return;
    const startsAt = localInstant(day, start, zone);
    const endsAt = new Date(Date.parse(startsAt) + Number(minutes) * 60_000).toISOString();
    create.mutate({ startsAt, endsAt });
  }

  return (
    <form onSubmit={open} noValidate className={classes.add}>
      <TimeInput
        label="Start"
        value={start}
        error={missing ? "Please give a time." : undefined}
        onChange={(event) => {
          setStart(event.currentTarget.value);
          setMissing(false);
        }}
        className={classes.field}
      />
      <Select
        label="Length"
        data={LENGTHS}
        value={minutes}
        allowDeselect={false}
        onChange={(next) => next && setMinutes(next)}
        className={classes.field}
      />
      <Button type="submit" variant="default" loading={create.isPending} className={classes.submit}>
        Open this time
      </Button>
      {create.error ? (
        <div className={classes.refused}>
          <ErrorNotice error={create.error} title="This time is not open yet" />
        </div>
      ) : null}
    </form>
  );
}
