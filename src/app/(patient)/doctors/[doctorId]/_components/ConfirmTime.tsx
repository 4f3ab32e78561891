"use client";

import { Button, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { z } from "zod";
import { useDraft, useReturnPath } from "@/app/_components/Drafts";
import { formatMoney, localDate } from "@/app/_components/format";
import { LinkButton } from "@/app/_components/LinkButton";
import { TimeSummary } from "@/app/_components/TimeSummary";
import { useTimeZone } from "@/app/_components/TimeZone";
import { useTRPC } from "@/app/_trpc/client";
import type { Slot } from "@/server/availability/schema";
import type { Doctor } from "@/server/doctors/schema";
import { HoldRefused, lostSlotTitle } from "./HoldRefused";
import { useInvalidateSlots } from "./use-week-slots";

export type ViewerRole = "patient" | "doctor" | "admin" | null;

const REASON_MAX = 1000;

type Props = {
  doctor: Doctor;
  role: ViewerRole;
  /** The chosen slot. The dialog is open while it is set. */
  slot: Slot | null;
  onChange: (slot: Slot | null) => void;
};

/** A dialog that shows the chosen slot and its price, asks for an optional reason and holds the slot. */
export function ConfirmTime({ doctor, role, slot, onChange }: Props) {
  const narrow = useMediaQuery("(max-width: 48em)");
  return (
    <Modal
      opened={slot !== null}
      onClose={() => onChange(null)}
      title="Confirm your time"
      size="md"
      fullScreen={narrow}
      radius={narrow ? 0 : "lg"}
    >
      {slot ? (
        <Stack gap="lg">
          <TimeSummary
            doctor={doctor}
            startsAt={slot.startsAt}
            endsAt={slot.endsAt}
            price={doctor.fee}
          />
          {role === "patient" ? (
            <HoldForm doctor={doctor} slot={slot} onChange={onChange} />
          ) : role === null ? (
            <SignInFirst doctor={doctor} slot={slot} />
          ) : (
            <Text>Only patients can book. Please sign in with a patient’s account.</Text>
          )}
        </Stack>
      ) : null}
    </Modal>
  );
}

/** Returns the path that opens this dialog again. */
function pathOf(doctor: Doctor, slot: Slot, zone: string): string {
  const choice = new URLSearchParams({ slot: slot.id, day: localDate(slot.startsAt, zone) });
  return `/doctors/${doctor.id}?${choice}`;
}

/** Asks a guest to sign in. The path to return to contains the chosen slot. */
function SignInFirst({ doctor, slot }: { doctor: Doctor; slot: Slot }) {
  const { zone } = useTimeZone();
  const next = encodeURIComponent(pathOf(doctor, slot, zone));
  return (
    <Stack gap="sm">
      <Text>To book, please sign in. We bring you straight back to this time.</Text>
      <LinkButton href={`/sign-in?next=${next}`}>Sign in to continue</LinkButton>
      <LinkButton href={`/sign-up?next=${next}`} variant="default">
        Create an account
      </LinkButton>
    </Stack>
  );
}

function HoldForm({ doctor, slot, onChange }: Omit<Props, "role" | "slot"> & { slot: Slot }) {
  const router = useRouter();
  const trpc = useTRPC();
  const { zone } = useTimeZone();
  const invalidateSlots = useInvalidateSlots(doctor.id);
  const [reason, setReason] = useState("");
  useDraft(`reason ${doctor.id}`, reason || null, z.string(), setReason);
  useReturnPath(pathOf(doctor, slot, zone));
  const hold = useMutation(
    trpc.bookings.hold.mutationOptions({
      onSuccess: ({ id }) => router.push(`/bookings/${id}/review`),
      // Whatever the error was, the slots on the page may be out of date.
      onError: invalidateSlots,
    }),
  );
  const isLost = lostSlotTitle(hold.error) !== null;

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        hold.mutate({ slotId: slot.id, reason: reason.trim() || undefined });
      }}
    >
      <Stack gap="md">
        {hold.error ? (
          <HoldRefused
            error={hold.error}
            onChoose={(alternative) => {
              hold.reset();
              onChange(alternative);
            }}
          />
        ) : null}
        <Textarea
          label="What is it about? (optional)"
          description="A sentence or two help the doctor prepare. Only your doctor can read it, once you agree to that before you pay."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={REASON_MAX}
          autosize
          minRows={3}
          maxRows={8}
        />
        {isLost ? null : (
          <>
            <Button type="submit" size="lg" loading={hold.isPending || hold.isSuccess}>
              Continue to payment
            </Button>
            <Text size="sm" c="dimmed">
              Next we hold this time for you while you pay {formatMoney(doctor.fee)}. You are not
              charged yet.
            </Text>
          </>
        )}
      </Stack>
    </form>
  );
}
