"use client";

import type { Doctor } from "@/server/doctors/schema";
import { ConfirmTime, type ViewerRole } from "./ConfirmTime";
import { usePickedSlot } from "./PickedSlot";
import { SlotPicker } from "./SlotPicker";

/** Lets a patient choose a slot and book it. */
export function BookTime({
  role,
  ...picker
}: {
  doctor: Doctor;
  role: ViewerRole;
  chosen: string | null;
  day: string | null;
}) {
  const { slot, pick } = usePickedSlot();
  return (
    <>
      <SlotPicker {...picker} onPick={pick} />
      <ConfirmTime doctor={picker.doctor} role={role} slot={slot} onChange={pick} />
    </>
  );
}
