"use client";

import type { Doctor } from "@/server/doctors/schema";
import { ConfirmTime, type ViewerRole } from "./ConfirmTime";
import { SlotPicker } from "./SlotPicker";

/** Choosing a time in order to book it. */
export function BookTime({
  role,
  ...picker
}: {
  doctor: Doctor;
  role: ViewerRole;
  chosen: string | null;
  day: string | null;
}) {
  return (
    <SlotPicker {...picker}>
      {(slot, onChange) => (
        <ConfirmTime doctor={picker.doctor} role={role} slot={slot} onChange={onChange} />
      )}
    </SlotPicker>
  );
}
