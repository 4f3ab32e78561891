import { audit } from "../audit/commands";
import type { Actor } from "../audit/schema";
import { clock } from "../platform/clock";
import { AppError } from "../platform/errors";
import type { Tx } from "../platform/transaction";
import { toSlot } from "./queries";
import { slotTimesAreValid } from "./rules";
import type { CreateSlot, Slot } from "./schema";

/**
 * Opens one slot. The exclusion constraint decides on overlaps.
 * @throws SLOT_TIMES_INVALID, SLOT_OVERLAP.
 */
export async function createSlot(
  tx: Tx,
  actor: Actor,
  doctorId: string,
  input: CreateSlot,
): Promise<Slot> {
  const startsAt = new Date(input.startsAt);
  const endsAt = new Date(input.endsAt);
  if (!slotTimesAreValid(startsAt, endsAt, clock.now())) throw new AppError("SLOT_TIMES_INVALID");
  const slot = await tx.availabilitySlot.create({ data: { doctorId, startsAt, endsAt } });
  await audit(tx, actor, { action: "slot.created", entityType: "slot", entityId: slot.id });
  return toSlot({
    ...slot,
    doctor_id: slot.doctorId,
    starts_at: slot.startsAt,
    ends_at: slot.endsAt,
  });
}

/** Takes a free slot back. @throws NOT_FOUND where it is another doctor's; SLOT_NOT_FREE. */
export async function withdrawSlot(tx: Tx, actor: Actor, doctorId: string, slotId: string) {
  const { count } = await tx.availabilitySlot.updateMany({
    where: { id: slotId, doctorId, status: "AVAILABLE", withdrawnAt: null },
    data: { withdrawnAt: clock.now() },
  });
  if (count === 0) {
    const slot = await tx.availabilitySlot.findFirst({
      where: { id: slotId, doctorId, withdrawnAt: null },
      select: { id: true },
    });
    throw new AppError(slot ? "SLOT_NOT_FREE" : "NOT_FOUND");
  }
  await audit(tx, actor, { action: "slot.withdrawn", entityType: "slot", entityId: slotId });
  return { ok: true as const };
}
