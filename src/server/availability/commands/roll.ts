import { db } from "../../platform/db";
import { inTransaction } from "../../platform/transaction";
import { slotsOf } from "../rules";
import type { Hours } from "../schema";
import { isoStrings } from "./plan";
import { openSlots } from "./slots";

const DOCTORS_PER_BATCH = 25;
/** Lower than every id. */
const LOWEST_ID = "00000000-0000-0000-0000-000000000000";

/** Hours whose slots are open until `opened` and must be open until `until`. */
type DueHours = Hours & { doctor_id: string; opened: Date; until: Date };

/**
 * Opens the slots at the end of the horizon, for the next batch of doctors. Skips rows that another
 * transaction has locked: it changes the hours, and then opens all slots itself.
 * @param after the id of the last doctor of the batch before.
 * @returns the id of the last doctor of this batch, or null if no doctor was left; and how many slots
 *   were opened.
 */
export async function rollHorizon(
  after: string | null = null,
): Promise<{ last: string | null; slotsCreated: number }> {
  return inTransaction(async (tx) => {
    const due = await tx.$queryRaw<DueHours[]>`
      SELECT r.doctor_id, r.timezone, r.rules, r.exceptions,
             greatest(r.open_until, app_now()) AS opened,
             app_now() + make_interval(days => r.horizon_days) AS until
        FROM availability_rules r JOIN doctors d ON d.id = r.doctor_id AND doctor_is_bookable(d)
       WHERE r.doctor_id > ${after ?? LOWEST_ID}::uuid
         AND r.open_until < app_now() + make_interval(days => r.horizon_days)
       ORDER BY r.doctor_id LIMIT ${DOCTORS_PER_BATCH} FOR UPDATE OF r SKIP LOCKED`;
    if (due.length === 0) return { last: null, slotsCreated: 0 };
    const wanted = due.flatMap(({ doctor_id: doctorId, opened, until, ...hours }) =>
      slotsOf(hours, opened, until).map((span) => ({ doctorId, ...span })),
    );
    const slotsCreated = await openSlots(tx, wanted);
    await tx.$executeRaw`
      UPDATE availability_rules r SET open_until = u.until
        FROM unnest(${due.map((row) => row.doctor_id)}::text[]::uuid[],
                    ${isoStrings(due.map(({ until }) => until))}::text[]::timestamptz[]) AS u(doctor_id, until)
       WHERE r.doctor_id = u.doctor_id`;
    return { last: due.at(-1)?.doctor_id ?? null, slotsCreated };
  });
}

const SLOTS_PER_DELETE = 2000;

/**
 * Deletes slots that were withdrawn more than a day ago and never booked. During that day, a page that
 * still shows such a slot gets other times as an answer. Slots of the hours that the doctor withdrew by
 * hand are kept: they prevent that the hours open the same time again.
 * @returns how many slots were deleted.
 */
export async function deleteWithdrawnSlots(): Promise<number> {
  for (let total = 0; ; ) {
    const count = await db.$executeRaw`
      DELETE FROM availability_slots WHERE id IN (
        SELECT s.id FROM availability_slots s
         WHERE s.withdrawn_at < app_now() - interval '1 day' AND NOT s.from_rules
           AND NOT EXISTS (SELECT FROM bookings b WHERE b.slot_id = s.id)
         LIMIT ${SLOTS_PER_DELETE})`;
    total += count;
    if (count < SLOTS_PER_DELETE) return total;
  }
}
