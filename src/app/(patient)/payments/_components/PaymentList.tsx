"use client";

import { Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Receipt } from "@/server/payments/schema";
import { EmptyNotice } from "../../../_components/EmptyNotice";
import { ErrorNotice } from "../../../_components/ErrorNotice";
import { formatMoney } from "../../../_components/format";
import { LinkButton } from "../../../_components/LinkButton";
import { RowLink } from "../../../_components/RowLink";
import { ShowMore } from "../../../_components/ShowMore";
import { paymentStatusLabel } from "../../../_components/StatusBadge";
import { When } from "../../../_components/When";
import { useTRPC } from "../../../_trpc/client";
import classes from "./PaymentList.module.css";

/** Payments, newest first, each with its state and its way to the receipt. */
export function PaymentList() {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.payments.list.infiniteQueryOptions(
      { limit: 20 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  if (query.isPending) {
    return (
      <Skeleton height={240} mt="lg" radius="lg" role="status" aria-label="Loading payments" />
    );
  }
  if (query.isError && !query.data) {
    return (
      <div className={classes.notice}>
        <ErrorNotice
          error={query.error}
          title="We could not load your payments"
          onRetry={() => query.refetch()}
        />
      </div>
    );
  }
  const payments = query.data.pages.flatMap((page) => page.items);
  if (payments.length === 0) {
    return (
      <div className={classes.notice}>
        <EmptyNotice
          title="No payments yet"
          text="When you pay for a consultation you find it here, with its receipt and any refund."
        >
          <LinkButton href="/doctors">Find a doctor</LinkButton>
        </EmptyNotice>
      </div>
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {payments.map((payment) => (
          <li key={payment.id}>
            <PaymentRow payment={payment} />
          </li>
        ))}
      </ul>
      <ShowMore query={query} what="payments" />
    </>
  );
}

function PaymentRow({ payment }: { payment: Receipt }) {
  return (
    <article className={classes.row}>
      <div>
        <p className={classes.doctor}>
          <RowLink href={`/payments/${payment.id}`}>{payment.doctor.name}</RowLink>
        </p>
        <p className={classes.quiet}>
          Consultation on <When at={payment.startsAt} as="dayTime" />
        </p>
      </div>
      <div className={classes.sum}>
        <p>{formatMoney(payment.amount)}</p>
        <p className={classes.quiet}>
          {paymentStatusLabel(payment.status)}
          {payment.refunded.amount > 0 ? `: ${formatMoney(payment.refunded)}` : ""}
        </p>
      </div>
    </article>
  );
}
