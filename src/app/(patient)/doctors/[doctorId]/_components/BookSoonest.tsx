"use client";

import { Button } from "@mantine/core";
import { When } from "@/app/_components/When";
import type { Doctor } from "@/server/doctors/schema";
import { usePickedSlot } from "./PickedSlot";
import { useSoonestSlot } from "./use-week-slots";

/** A button that picks the doctor's soonest free slot. It is hidden if there is none. */
export function BookSoonest({ doctor }: { doctor: Doctor }) {
  const { pick } = usePickedSlot();
  const { data: slot, isPending } = useSoonestSlot(doctor);
  const at = slot?.startsAt ?? (isPending ? doctor.nextAvailableAt : null);
  if (!at) return null;
  return (
    <Button fullWidth mt="sm" disabled={!slot} onClick={() => slot && pick(slot)}>
      Book&nbsp;
      <When at={at} as="soon" />
    </Button>
  );
}
