"use client";

import { BarChart } from "@mantine/charts";
import type { Summary } from "@/server/analytics/schema";
import { formatCalendarDay, formatMoney } from "../../_components/format";
import classes from "./ByDayCharts.module.css";

const AXIS = { minTickGap: 24 };

/** Charts of bookings, consultations and revenue by day. Screen readers skip them and use the table below. */
export function ByDayCharts({ days }: { days: Summary["byDay"] }) {
  const nothing = days.every(
    ({ bookings, consultations, revenue }) => !bookings && !consultations && !revenue.amount,
  );
  if (nothing) {
    return (
      <p className={classes.nothing}>
        Nothing happened in this period. Bookings, consultations and revenue are drawn here day by
        day.
      </p>
    );
  }
  const data = days.map(({ date, bookings, consultations, revenue }) => ({
    day: formatCalendarDay(date, "date"),
    bookings,
    consultations,
    revenue: revenue.amount / 100,
  }));
  const money = (rupees: number) =>
    formatMoney({ amount: Math.round(rupees * 100), currency: "INR" });
  return (
    <div aria-hidden className={classes.charts}>
      <div>
        <p className={classes.caption}>Bookings made and consultations completed</p>
        <BarChart
          h={220}
          data={data}
          dataKey="day"
          series={[
            { name: "bookings", label: "Bookings", color: "leaf.7" },
            { name: "consultations", label: "Consultations", color: "turmeric.5" },
          ]}
          withLegend
          tickLine="none"
          xAxisProps={AXIS}
          yAxisProps={{ allowDecimals: false, width: 36 }}
          barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <div>
        <p className={classes.caption}>Net revenue</p>
        <BarChart
          h={180}
          data={data}
          dataKey="day"
          series={[{ name: "revenue", label: "Net revenue", color: "leaf.4" }]}
          valueFormatter={money}
          tickLine="none"
          xAxisProps={AXIS}
          yAxisProps={{ width: 72 }}
          barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false }}
        />
      </div>
    </div>
  );
}
