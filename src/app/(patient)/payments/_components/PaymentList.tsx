"use client";

import { Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { EmptyNotice } from "@/app/_components/EmptyNotice";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatMoney } from "@/app/_components/format";
import { LinkButton } from "@/app/_components/LinkButton";
import { RowLink } from "@/app/_components/RowLink";
import { ShowMore } from "@/app/_components/ShowMore";
import { paymentStatusLabel } from "@/app/_components/StatusBadge";
import { When } from "@/app/_components/When";
import { useTRPC } from "@/app/_trpc/client";
import type { Receipt } from "@/server/payments/schema";
import classes from "./PaymentList.module.css";

/** Lists payments, newest first. Each links to its receipt. */
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
