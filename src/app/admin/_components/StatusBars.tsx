import { Progress } from "@mantine/core";
import type { Summary } from "@/server/analytics/schema";
import { formatCount } from "../../_components/format";
import { bookingStateLabel } from "../../_components/StatusBadge";
import classes from "./StatusBars.module.css";

const ORDER = ["CONFIRMED", "COMPLETED", "PENDING", "CANCELLED", "EXPIRED", "NO_SHOW"] as const;

/** Shows the number and share of bookings by status. Absences of doctors are counted apart from CANCELLED. */
export function StatusBars({ byStatus, total, doctorAbsent }: Summary["bookings"]) {
  const states = ORDER.map((status) => ({
    label: bookingStateLabel({ status, cancelledBy: null }),
    count: (byStatus[status] ?? 0) - (status === "CANCELLED" ? doctorAbsent : 0),
    color: status === "PENDING" ? "turmeric.5" : "leaf.5",
  }));
  const absence = {
    label: bookingStateLabel({ status: "CANCELLED", cancelledBy: "absence" }),
    count: doctorAbsent,
    color: "leaf.5",
  };
  return (
    <dl className={classes.bars}>
      {[...states, absence].map(({ label, count, color }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatCount(count)}</dd>
          <Progress
            value={total > 0 ? (count / total) * 100 : 0}
            color={color}
            size="sm"
            aria-hidden
            className={classes.bar}
          />
        </div>
      ))}
    </dl>
  );
}
