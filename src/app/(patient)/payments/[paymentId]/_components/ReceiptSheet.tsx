"use client";

import { Button, Title } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { formatMoney } from "@/app/_components/format";
import { TextLink } from "@/app/_components/LinkButton";
import { paymentStatusLabel } from "@/app/_components/StatusBadge";
import { When } from "@/app/_components/When";
import type { Receipt } from "@/server/payments/schema";
import classes from "./ReceiptSheet.module.css";

const REFUND = { PENDING: "on its way", SUCCEEDED: "paid back", FAILED: "did not go through" };

/** Shows a receipt in a form that can be printed. */
export function ReceiptSheet({ receipt }: { receipt: Receipt }) {
  const paid = receipt.capturedAt !== null;
  return (
    <>
      <p className={classes.back}>
        <TextLink href="/payments" size="sm">
          <span aria-hidden>← </span>Payments
        </TextLink>
      </p>
      <article className={classes.sheet}>
        <Clinic clinic={receipt.clinic} />
        <header className={classes.head}>
          <div>
            <Title order={1} size="h2">
              {paid ? "Receipt" : "Payment"}
            </Title>
            {receipt.number ? <p>No. {receipt.number}</p> : null}
          </div>
          <p className={classes.amount}>{formatMoney(receipt.amount)}</p>
        </header>
        <dl className={classes.lines}>
          <dt>For</dt>
          <dd>
            Online consultation with {receipt.doctor.name}
            <br />
            <span className={classes.quiet}>Registration {receipt.doctor.registrationNumber}</span>
          </dd>
          <dt>When</dt>
          <dd>
            <When at={receipt.startsAt} as="longDay" />, <When at={receipt.startsAt} as="time" />
          </dd>
          <dt>Patient</dt>
          <dd>{receipt.patientName}</dd>
          <dt>Paid</dt>
          <dd>
            {receipt.capturedAt ? <When at={receipt.capturedAt} as="dayTime" /> : "Not charged"}
          </dd>
          <dt>Tax</dt>
          <dd>
            {formatMoney({ ...receipt.amount, amount: 0 })}
            <br />
            <span className={classes.quiet}>
              Health care services are exempt from GST in India (Notification 12/2017-Central Tax
              (Rate), entry 74; SAC 9993).
            </span>
          </dd>
          <dt>State</dt>
          <dd>{paymentStatusLabel(receipt.status)}</dd>
          {receipt.refunds.map((refund) => (
            <Refund key={refund.id} refund={refund} />
          ))}
          <dt>Reference</dt>
          <dd className={classes.reference}>{receipt.id}</dd>
        </dl>
        {receipt.provider === "sandbox" ? (
          <p className={classes.quiet}>Paid in the sandbox: no real money moved.</p>
        ) : null}
      </article>
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconPrinter size={18} aria-hidden />}
          onClick={() => window.print()}
        >
          Print or save
        </Button>
        <TextLink href={`/bookings/${receipt.bookingId}`}>Go to the booking</TextLink>
      </div>
    </>
  );
}

/** Shows the clinic that issues the receipt, as configured. */
function Clinic({ clinic }: { clinic: Receipt["clinic"] }) {
  const { name, address, taxId, email, phone } = clinic;
  const reach = [email, phone].filter(Boolean).join(" · ");
  return (
    <address className={classes.clinic}>
      <strong>{name}</strong>
      {[address, reach, taxId].map((line) =>
        line ? (
          <span key={line} className={classes.quiet}>
            {line}
          </span>
        ) : null,
      )}
    </address>
  );
}

function Refund({ refund }: { refund: Receipt["refunds"][number] }) {
  return (
    <>
      <dt>{refund.byClinic ? "Refund by the clinic" : "Refund"}</dt>
      <dd>
        {formatMoney(refund.amount)}, {REFUND[refund.status]}
        <br />
        <span className={classes.quiet}>
          {refund.byClinic ? "recorded" : "asked for"} on{" "}
          <When at={refund.requestedAt} as="dayTime" />
        </span>
      </dd>
    </>
  );
}
