"use client";

import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ConfirmDialog } from "@/app/_components/ConfirmDialog";
import { When } from "@/app/_components/When";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking } from "@/server/bookings/schema";

/** Releases the hold before the patient chooses another slot, so that nobody holds two by accident. */
export function ReleaseHold({ booking }: { booking: Booking }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const [isOpen, dialog] = useDisclosure(false);
  const release = useMutation(
    trpc.bookings.cancel.mutationOptions({
      onSuccess: async () => {
        // The booking's own query is not invalidated: this page would briefly say that the hold expired.
        await queries.invalidateQueries({ queryKey: trpc.bookings.list.pathKey() });
        router.push(`/doctors/${booking.doctorId}`);
      },
    }),
  );
  return (
    <>
      <Button variant="subtle" fullWidth onClick={dialog.open}>
        Choose a different time
      </Button>
      <ConfirmDialog
        opened={isOpen}
        onClose={dialog.close}
        title="Let this time go?"
        confirm="Let it go and choose another"
        busy={release.isPending || release.isSuccess}
        error={release.error}
        failed="This time is still held for you"
        words={{
          ILLEGAL_TRANSITION: "This booking was paid or has ended in the meantime. Please reload.",
        }}
        onConfirm={() => release.mutate({ bookingId: booking.id, expectedStatus: "PENDING" })}
      >
        <Text>
          We hold <When at={booking.startsAt} as="dayTime" /> with {booking.doctor.name} for you.
          When you choose another time, this one becomes free for others at once. You have not been
          charged.
        </Text>
      </ConfirmDialog>
    </>
  );
}
