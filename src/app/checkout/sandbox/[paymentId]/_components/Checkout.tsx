"use client";

import { Alert, Button } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { textForError } from "@/app/_components/error-text";
import { formatMoney } from "@/app/_components/format";
import { When } from "@/app/_components/When";
import { useTRPC } from "@/app/_trpc/client";
import type { Checkout as CheckoutData } from "@/server/payments/schema";
import classes from "./Checkout.module.css";

/** The sandbox gateway's checkout. After paying or declining it sends the patient back to the booking. */
export function Checkout({ checkout }: { checkout: CheckoutData }) {
  const trpc = useTRPC();
  const { paymentId, bookingId, amount, status, doctorName, startsAt, heldUntil } = checkout;
  const back = `/bookings/${bookingId}?from=checkout`;
  const decide = useMutation(
    trpc.sandbox.decide.mutationOptions({
      // A declined card may be tried again here.
      onSuccess: ({ status: decided }) => decided !== "PENDING" && location.assign(back),
    }),
  );
  const leaving = decide.isSuccess && decide.data.status !== "PENDING";
  const busy = (outcome: "pay" | "decline") =>
    (decide.isPending || leaving) && decide.variables?.outcome === outcome;
  const declined = decide.data?.status === "PENDING" || checkout.declines > 0;

  return (
    <div className={classes.page}>
      <header className={classes.notice}>
        <strong>Sandbox: no real money moves.</strong> In production a real payment provider’s page
        stands here.
      </header>
      <main className={classes.card}>
        <div className={classes.brand}>
          <IconLock size={18} aria-hidden />
          Sandbox Pay
        </div>
        <h1 className={classes.amount}>
          <span className={classes.caption}>Amount to pay</span>
          {formatMoney(amount)}
        </h1>
        <dl className={classes.lines}>
          <dt>Merchant</dt>
          <dd>Amrutam Telemedicine</dd>
          <dt>For</dt>
          <dd>
            Consultation with {doctorName}, <When at={startsAt} />
          </dd>
          <dt>Payment</dt>
          <dd className={classes.reference}>{paymentId}</dd>
        </dl>
        {decide.error ? (
          <Alert color="brick" role="alert" title="Nothing has been paid" mb="md">
            {textForError(decide.error)}
          </Alert>
        ) : null}
        {declined && status === "PENDING" && !decide.isPending && !leaving ? (
          <Alert color="turmeric" role="alert" title="Your card was declined" mb="md">
            Nothing has been paid.{" "}
            {heldUntil ? (
              <>
                Your time is held until <When at={heldUntil} as="time" />: try again here, perhaps
                with another card.
              </>
            ) : null}
          </Alert>
        ) : null}
        {status === "PENDING" && !heldUntil ? (
          <div className={classes.buttons}>
            <p className={classes.settled}>
              The time is no longer held for you. Nothing has been paid. Pick a time again at
              Amrutam.
            </p>
            <Button
              component="a"
              href={`/bookings/${bookingId}`}
              size="lg"
              fullWidth
              color="slate.8"
            >
              Back to Amrutam
            </Button>
          </div>
        ) : status === "PENDING" ? (
          <div className={classes.buttons}>
            <Button
              size="lg"
              fullWidth
              color="slate.8"
              loading={busy("pay")}
              disabled={busy("decline")}
              onClick={() => decide.mutate({ paymentId, outcome: "pay" })}
            >
              Pay {formatMoney(amount)}
            </Button>
            <Button
              size="lg"
              fullWidth
              variant="default"
              loading={busy("decline")}
              disabled={busy("pay")}
              onClick={() => decide.mutate({ paymentId, outcome: "decline" })}
            >
              Decline the payment
            </Button>
            <a href={`/bookings/${bookingId}/review`} className={classes.back}>
              Back to Amrutam without paying
            </a>
          </div>
        ) : (
          <div className={classes.buttons}>
            <p className={classes.settled}>
              {status === "SUCCEEDED"
                ? "This payment is complete. You cannot pay twice."
                : "This payment has ended. It cannot be used again."}
            </p>
            <Button component="a" href={back} size="lg" fullWidth color="slate.8">
              Back to Amrutam
            </Button>
          </div>
        )}
      </main>
    </div>
  );
}
