import { Text } from "@mantine/core";
import { formatMoney } from "@/app/_components/format";
import { When } from "@/app/_components/When";
import type { CancellationQuote } from "@/server/bookings/schema";
import classes from "./CancelDialog.module.css";

/** Lists how much a cancellation refunds until when. The first row applies now, unless the booking is unpaid. */
export function RefundSteps({ quote, unpaid }: { quote: CancellationQuote; unpaid?: boolean }) {
  const { tiers, freeMinutes, capPercent, price } = quote;
  const cap = { ...price, amount: Math.ceil((price.amount * capPercent) / 100) };
  return (
    <>
      {capPercent < 100 ? (
        <Text size="sm" mt="sm">
          You moved this consultation when {cap.amount > 0 ? formatMoney(cap) : "nothing"} of{" "}
          {formatMoney(price)} would have come back. A new time does not raise that.
        </Text>
      ) : null}
      <ul className={classes.tiers}>
        {unpaid && freeMinutes > 0 ? (
          <li>
            <span>{freeMinutes} minutes after paying, at most until the start</span>
            <span>{formatMoney(price)}</span>
          </li>
        ) : null}
        {tiers.map((tier, n) => (
          <li key={tier.until} data-now={(n === 0 && !unpaid) || undefined}>
            <span>
              until <When at={tier.until} as="dayTime" />
            </span>
            <span>{formatMoney(tier.refund)}</span>
          </li>
        ))}
        <li data-now={(tiers.length === 0 && !unpaid) || undefined}>
          <span>{tiers.length > 0 || unpaid ? "later than that" : "from now on"}</span>
          <span>no refund</span>
        </li>
      </ul>
      <Text size="sm" c="dimmed">
        If the doctor cancels or does not come, you get everything back.
      </Text>
    </>
  );
}
