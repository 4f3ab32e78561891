import { Progress } from "@mantine/core";
import { formatCount } from "../../_components/format";
import { bookingStatusLabel } from "../../_components/StatusBadge";
import classes from "./StatusBars.module.css";

const ORDER = ["CONFIRMED", "COMPLETED", "PENDING", "CANCELLED", "EXPIRED", "NO_SHOW"] as const;

/** How many bookings are in each state, and their share of all. */
export function StatusBars({
  byStatus,
  total,
}: {
  byStatus: Record<string, number>;
  total: number;
}) {
  return (
    <dl className={classes.bars}>
      {ORDER.map((status) => {
        const count = byStatus[status] ?? 0;
        return (
          <div key={status}>
            <dt>{bookingStatusLabel(status)}</dt>
            <dd>{formatCount(count)}</dd>
            <Progress
              value={total > 0 ? (count / total) * 100 : 0}
              color={status === "PENDING" ? "turmeric.5" : "leaf.5"}
              size="sm"
              aria-hidden
              className={classes.bar}
            />
          </div>
        );
      })}
    </dl>
  );
}
