"use client";

import { Skeleton, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Summary } from "@/server/analytics/schema";
import { ErrorNotice } from "../../_components/ErrorNotice";
import { addDays, formatCount, formatMoney, localDate } from "../../_components/format";
import { useTRPC } from "../../_trpc/client";
import { Attention } from "./Attention";
import { ByDayCharts } from "./ByDayCharts";
import { ByDayTable } from "./ByDayTable";
import classes from "./Overview.module.css";
import { type Period, PeriodPicker } from "./PeriodPicker";
import { StatusBars } from "./StatusBars";

/** The zone of the clinic's days. The server counts in the same zone. */
const CLINIC_ZONE = "Asia/Kolkata";
const DEFAULT_DAYS = 30;

/** Shows the counts and revenue of a period. The first and last day are included. */
export function Overview() {
  const trpc = useTRPC();
  const today = localDate(new Date(), CLINIC_ZONE);
  const [period, setPeriod] = useState<Period>({
    from: addDays(today, 1 - DEFAULT_DAYS),
    to: today,
  });
  const query = useQuery(
    trpc.analytics.summary.queryOptions(
      { from: period.from, to: addDays(period.to, 1) },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <>
      <p className={classes.intro}>
        Counts only, no names. Days begin and end in India Standard Time.
      </p>
      <Attention />
      <PeriodPicker period={period} today={today} onChange={setPeriod} />
      {query.isPending ? (
        <OverviewSkeleton />
      ) : query.isError && !query.data ? (
        <ErrorNotice
          error={query.error}
          title="We could not load the numbers"
          onRetry={() => query.refetch()}
        />
      ) : (
        <div data-stale={query.isPlaceholderData || undefined} className={classes.numbers}>
          <Numbers summary={query.data} />
        </div>
      )}
    </>
  );
}

function Numbers({ summary }: { summary: Summary }) {
  const { revenue, bookings, consultations } = summary;
  return (
    <>
      <dl className={classes.tiles}>
        <Tile label="Bookings" value={formatCount(bookings.total)} note="made in this period" />
        <Tile
          label="Consultations"
          value={formatCount(consultations.completed)}
          note="completed in this period"
        />
        <Tile
          label="Net revenue"
          value={formatMoney(revenue.net)}
          note={`${formatMoney(revenue.gross)} paid, ${formatMoney(revenue.refunded)} refunded`}
        />
        <Tile
          label="Accounts"
          value={formatCount(summary.users)}
          note={`as of now: ${formatCount(summary.patients)} patients, ${formatCount(summary.doctors)} doctors`}
        />
      </dl>
      <div className={classes.columns}>
        <section className={classes.card} aria-labelledby="by-day">
          <Title order={2} size="h3" id="by-day">
            Day by day
          </Title>
          <ByDayCharts days={summary.byDay} />
        </section>
        <section className={classes.card} aria-labelledby="by-status">
          <Title order={2} size="h3" id="by-status">
            Bookings by status
          </Title>
          <StatusBars {...bookings} />
        </section>
      </div>
      <ByDayTable days={summary.byDay} />
    </>
  );
}

function Tile({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div className={classes.tile}>
      <dt>{label}</dt>
      <dd>
        <span className={classes.value}>{value}</span>
        <span className={classes.note}>{note}</span>
      </dd>
    </div>
  );
}

function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading the numbers">
      <div className={classes.tiles}>
        {["a", "b", "c", "d"].map((key) => (
          <Skeleton key={key} height={124} radius="lg" />
        ))}
      </div>
      <Skeleton height={420} mt="lg" radius="lg" />
    </div>
  );
}
