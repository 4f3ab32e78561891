"use client";

import { Skeleton, Text } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { addDays, formatZone, localDate, startOfDay } from "@/app/_components/format";
import { Panel } from "@/app/_components/Panel";
import { ShowMore } from "@/app/_components/ShowMore";
import { useTRPC } from "@/app/_trpc/client";
import { AddSlot } from "./AddSlot";
import classes from "./SingleSlots.module.css";
import { SlotRow } from "./SlotRow";

const PAGE_SIZE = 100;

/** Lists the slots of one day, and lets the doctor withdraw or create single slots. */
export function SingleSlots({ zone }: { zone: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const today = localDate(new Date(), zone);
  const [day, setDay] = useState(today);
  useDraft("day of single times", day === today ? null : day, z.iso.date(), setDay);
  // Past slots are left out: on a day of short slots they could fill the first page.
  const [openedAt] = useState(() => new Date().toISOString());
  const period = {
    from: day === today ? openedAt : startOfDay(day, zone),
    to: startOfDay(addDays(day, 1), zone),
  };
  const query = useInfiniteQuery(
    trpc.availability.ownSlots.infiniteQueryOptions(
      { ...period, limit: PAGE_SIZE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const refresh = () =>
    queryClient.invalidateQueries({ queryKey: trpc.availability.ownSlots.pathKey() });
  const withdraw = useMutation(
    trpc.availability.withdrawSlot.mutationOptions({ onSettled: refresh }),
  );
  const now = new Date().toISOString();
  const slots = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const coming = slots.filter(({ startsAt }) => startsAt > now);

  return (
    <Panel
      title="Single times"
      text={`Close or open one time by hand, at once. These are in ${formatZone(zone)}.`}
    >
      <DatePickerInput
        label="Day"
        leftSection={<IconCalendar size={18} aria-hidden />}
        value={day}
        minDate={today}
        onChange={(next) => {
          if (next) setDay(next);
          withdraw.reset();
        }}
        valueFormat="ddd, D MMM YYYY"
        className={classes.day}
      />
      {withdraw.error ? (
        <ErrorNotice error={withdraw.error} title="This time is still open" />
      ) : null}
      {query.isPending ? (
        <Skeleton height={96} mt="md" aria-label="Loading the day" role="status" />
      ) : query.isError ? (
        <ErrorNotice
          error={query.error}
          title="We could not load this day"
          onRetry={() => query.refetch()}
        />
      ) : coming.length === 0 ? (
        <Text c="dimmed" mt="md">
          No times on this day that are still to come.
        </Text>
      ) : (
        <ul className={classes.times} aria-label="Times of this day">
          {coming.map((slot) => (
            <SlotRow
              key={slot.id}
              slot={slot}
              zone={zone}
              closing={withdraw.isPending && withdraw.variables.slotId === slot.id}
              onClose={() => withdraw.mutate({ slotId: slot.id })}
            />
          ))}
        </ul>
      )}
      <ShowMore query={query} what="times" />
      <AddSlot key={day} day={day} zone={zone} onAdded={refresh} />
    </Panel>
  );
}
