"use client";

import { Button, Group, Select } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendar, IconX } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import { addDays, startOfDay } from "@/app/_components/format";
import { useTimeZone } from "@/app/_components/TimeZone";
import { useTRPC } from "@/app/_trpc/client";
import { Rows } from "../../_components/Rows";
import classes from "../../_components/Rows.module.css";
import { AuditRow, type Focus } from "./AuditRow";
import { ACTION_OPTIONS } from "./actions";
import { VerifyChains } from "./VerifyChains";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const day = z.iso.date().nullable();
const filtersShape = z.object({ action: z.string().nullable(), days: z.tuple([day, day]) });

/** Lists audit entries, newest first, with filters. */
export function AuditLog() {
  const trpc = useTRPC();
  const { zone } = useTimeZone();
  const search = useSearchParams();
  const actorId = search.get("actorId");
  const [focus, setFocus] = useState<Focus | null>(
    actorId && UUID.test(actorId) ? { actorId, label: "by one person" } : null,
  );
  const [action, setAction] = useState(search.get("action"));
  const [days, setDays] = useState<[string | null, string | null]>([null, null]);
  const [from, to] = days;
  const isFiltered = action !== null || from !== null || to !== null;
  useDraft("audit", isFiltered ? { action, days } : null, filtersShape, (restored) => {
    setAction(restored.action);
    setDays(restored.days);
  });
  const query = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      {
        limit: 25,
        action: action ?? undefined,
        actorId: focus?.actorId,
        entityId: focus?.entityId,
        from: from ? startOfDay(from, zone) : undefined,
        to: to ? startOfDay(addDays(to, 1), zone) : undefined,
      },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
      },
    ),
  );
  return (
    <>
      <p className={classes.intro}>
        Who did what, when. Entries can be added, never changed; each carries the mark of the one
        before it.
      </p>
      <VerifyChains />
      <search className={classes.filters}>
        <Select
          label="What"
          placeholder="Everything"
          data={ACTION_OPTIONS}
          value={action}
          onChange={setAction}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "Clear: What" }}
          nothingFoundMessage="Nothing by that name"
        />
        <DatePickerInput
          type="range"
          label="When"
          placeholder="At any time"
          allowSingleDateInRange
          leftSection={<IconCalendar size={18} aria-hidden />}
          valueFormat="D MMM YYYY"
          value={days}
          onChange={setDays}
          clearable
          clearButtonProps={{ "aria-label": "Clear: When" }}
        />
      </search>
      {focus ? (
        <Group mb="md">
          <Button
            variant="light"
            size="sm"
            rightSection={<IconX size={16} aria-hidden />}
            aria-label={`Take the filter away: only ${focus.label}`}
            onClick={() => setFocus(null)}
          >
            Only {focus.label}
          </Button>
        </Group>
      ) : null}
      <Rows
        query={query}
        what="entries"
        empty={{ title: "No entry matches all of that", text: "Take a filter away to see more." }}
        row={(entry) => <AuditRow entry={entry} onFocus={setFocus} />}
      />
    </>
  );
}
