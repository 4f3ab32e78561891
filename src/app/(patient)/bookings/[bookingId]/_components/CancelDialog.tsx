"use client";

import { Alert, Button, Group, Modal, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { useDraft } from "@/app/_components/Drafts";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { refusalOf } from "@/app/_components/error-text";
import { formatMoney } from "@/app/_components/format";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking, CancellationQuote } from "@/server/bookings/schema";
import classes from "./CancelDialog.module.css";
import { RefundSteps } from "./RefundSteps";

type Props = { booking: Booking; opened: boolean; onClose: () => void };

/** Cancels a booking. It shows the exact refund before the patient confirms. */
export function CancelDialog({ booking, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={booking.status === "PENDING" ? "Let this time go?" : "Cancel this consultation?"}
      size="md"
    >
      <CancelForm booking={booking} onClose={onClose} />
    </Modal>
  );
}

function CancelForm({ booking, onClose }: Omit<Props, "opened">) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  useDraft(`cancel ${booking.id}`, reason || null, z.string(), setReason);
  const quote = useQuery(
    trpc.bookings.cancellation.queryOptions({ bookingId: booking.id }, { staleTime: 0 }),
  );
  const cancel = useMutation(
    trpc.bookings.cancel.mutationOptions({
      onSuccess: async (cancelled) => {
        queries.setQueryData(trpc.bookings.get.queryKey({ bookingId: booking.id }), cancelled);
        await queries.invalidateQueries({ queryKey: trpc.bookings.pathKey() });
        onClose();
      },
      // The refund may have changed while the dialog was open, so the current one is shown.
      onError: () => quote.refetch(),
    }),
  );
  if (quote.isPending)
    return <Skeleton height={160} role="status" aria-label="Loading the terms" />;
  if (quote.isError && !quote.data) {
    return (
      <ErrorNotice
        error={quote.error}
        title="We could not load the terms"
        onRetry={() => quote.refetch()}
      />
    );
  }
  const { refund } = quote.data;
  const paid = booking.status === "CONFIRMED";
  const changed = refusalOf(cancel.error).reason === "REFUND_CHANGED";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate({
          bookingId: booking.id,
          reason: reason.trim() || undefined,
          expectedRefund: refund.amount,
          expectedStatus: booking.status,
        });
      }}
    >
      <Stack gap="md">
        {paid ? (
          <Terms booking={booking} quote={quote.data} />
        ) : (
          <Text>You have not been charged. The time is no longer held for you then.</Text>
        )}
        {cancel.error && changed ? (
          <Alert color="turmeric" role="alert" title="The refund has changed">
            Time has passed since this opened. Above is what you get back now.
          </Alert>
        ) : cancel.error ? (
          <ErrorNotice error={cancel.error} title="This is not cancelled" />
        ) : null}
        {paid ? (
          <Textarea
            label="Why? (optional)"
            description="Only you and the clinic can read it."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            autosize
            minRows={2}
          />
        ) : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button type="submit" color="brick" loading={cancel.isPending}>
            {paid
              ? refund.amount > 0
                ? `Cancel and get ${formatMoney(refund)} back`
                : "Cancel without a refund"
              : "Let it go"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Terms({ booking, quote }: { booking: Booking; quote: CancellationQuote }) {
  const { price, refund, refunded } = quote;
  return (
    <div>
      <p className={classes.refund}>
        <span>You get back</span>
        <strong>
          {refund.amount === price.amount
            ? formatMoney(refund)
            : `${formatMoney(refund)} of ${formatMoney(price)}`}
        </strong>
      </p>
      <Text size="sm" c="dimmed">
        The refund goes the way you paid.
        {refunded.amount > 0 ? ` The clinic has sent ${formatMoney(refunded)} back already.` : ""}
      </Text>
      {quote.hasBegun ? (
        <Text mt="sm">
          The time has begun and {booking.doctor.name} has not started the consultation, so you get
          everything back.
        </Text>
      ) : (
        <RefundSteps quote={quote} />
      )}
    </div>
  );
}
