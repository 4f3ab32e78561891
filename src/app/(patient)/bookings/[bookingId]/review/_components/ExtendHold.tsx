"use client";

import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { refusalOf } from "@/app/_components/error-text";
import { useTRPC } from "@/app/_trpc/client";

/** The button appears when this time is left, one minute before the warning. */
const OFFER_MS = 2 * 60_000;

type Props = { bookingId: string; left: number; lastsUntilStart: boolean };

/** Extends the hold, as often as the server allows and never beyond the start of the slot. */
export function ExtendHold({ bookingId, left, lastsUntilStart }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const extend = useMutation(
    trpc.bookings.extendHold.mutationOptions({
      onSettled: () =>
        queries.invalidateQueries({ queryKey: trpc.bookings.get.queryKey({ bookingId }) }),
    }),
  );
  const atLimit =
    extend.data?.extensionsLeft === 0 || refusalOf(extend.error).reason === "HOLD_LIMIT";
  if (left <= 0) return null;
  if (lastsUntilStart || atLimit) {
    return (
      <Text size="sm" mt="xs" role="status">
        {lastsUntilStart
          ? "The consultation starts then, so this time cannot be held any longer. Please pay before it starts."
          : "This time cannot be held any longer. Please pay, or let others have it."}
      </Text>
    );
  }
  if (extend.error) return <ErrorNotice error={extend.error} title="You did not get more time" />;
  if (left > OFFER_MS) return null;
  return (
    <Button
      variant="light"
      mt="xs"
      loading={extend.isPending}
      onClick={() => extend.mutate({ bookingId })}
    >
      I need more time
    </Button>
  );
}
