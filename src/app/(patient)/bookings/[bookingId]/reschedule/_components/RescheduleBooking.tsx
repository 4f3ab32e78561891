"use client";

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useReturnPath } from "@/app/_components/Drafts";
import { formatMoney, localDate } from "@/app/_components/format";
import { useTimeZone } from "@/app/_components/TimeZone";
import { When } from "@/app/_components/When";
import { useTRPC } from "@/app/_trpc/client";
import { HoldRefused } from "@/app/(patient)/doctors/[doctorId]/_components/HoldRefused";
import { SlotPicker } from "@/app/(patient)/doctors/[doctorId]/_components/SlotPicker";
import { useInvalidateSlots } from "@/app/(patient)/doctors/[doctorId]/_components/use-week-slots";
import type { Slot } from "@/server/availability/schema";
import type { Booking } from "@/server/bookings/schema";
import type { Doctor } from "@/server/doctors/schema";

/** Lets a patient choose another slot for a booking and confirm the change. */
export function RescheduleBooking({
  booking,
  doctor,
  ...choice
}: {
  booking: Booking;
  doctor: Doctor;
  chosen: string | null;
  day: string | null;
}) {
  const { zone } = useTimeZone();
  const [slot, pick] = useState<Slot | null>(null);
  const picked =
    slot && new URLSearchParams({ slot: slot.id, day: localDate(slot.startsAt, zone) });
  useReturnPath(picked && `/bookings/${booking.id}/reschedule?${picked}`);
  return (
    <>
      <Text mt="xs" mb="lg">
        Now: <When at={booking.startsAt} as="longDay" />,{" "}
        <When at={booking.startsAt} until={booking.endsAt} as="range" />, with {doctor.name}. Your
        payment of {formatMoney(booking.price)} stays as it is.
      </Text>
      <SlotPicker doctor={doctor} {...choice} onPick={pick} />
      <Modal opened={slot !== null} onClose={() => pick(null)} title="Move to this time?">
        {slot ? <Confirm booking={booking} slot={slot} onChange={pick} /> : null}
      </Modal>
    </>
  );
}

type ConfirmProps = { booking: Booking; slot: Slot; onChange: (slot: Slot | null) => void };

function Confirm({ booking, slot, onChange }: ConfirmProps) {
  const router = useRouter();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const invalidateSlots = useInvalidateSlots(booking.doctorId);
  const move = useMutation(
    trpc.bookings.reschedule.mutationOptions({
      onSuccess: async (moved) => {
        queries.setQueryData(trpc.bookings.get.queryKey({ bookingId: booking.id }), moved);
        await queries.invalidateQueries({ queryKey: trpc.bookings.list.pathKey() });
        router.push(`/bookings/${booking.id}`);
        router.refresh();
      },
      onError: invalidateSlots,
    }),
  );
  return (
    <Stack gap="md">
      {move.error ? (
        <HoldRefused
          error={move.error}
          onChoose={(alternative) => {
            move.reset();
            onChange(alternative);
          }}
        />
      ) : (
        <Text>
          From <When at={booking.startsAt} as="dayTime" /> to{" "}
          <strong>
            <When at={slot.startsAt} as="dayTime" />
          </strong>
          . Your payment stays as it is. If you cancel later, you get back at most what you would
          get back now.
        </Text>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={() => onChange(null)}>
          Not this one
        </Button>
        {move.error ? null : (
          <Button
            loading={move.isPending || move.isSuccess}
            onClick={() => move.mutate({ bookingId: booking.id, slotId: slot.id })}
          >
            Move my consultation
          </Button>
        )}
      </Group>
    </Stack>
  );
}
