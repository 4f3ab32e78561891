import { db } from "../../platform/db";
import { inTransaction } from "../../platform/transaction";
import { slotsOf } from "../rules";
import type { Hours } from "../schema";
import { isoOf } from "./plan";
import { openSlots } from "./slots";

const DOCTORS_AT_ONCE = 25;
const FIRST = "00000000-0000-0000-0000-000000000000";

type Due = Hours & { doctor_id: string; opened: Date; until: Date };

/**
 * Opens the slots that time has brought within the horizons of the next doctors after `after`. Rows
 * that someone else works on are skipped: a change of hours opens everything itself.
 * @returns the last doctor looked at, null where none was left, and how many slots are new.
 */
export async function rollHorizon(
  after: string | null = null,
): Promise<{ last: string | null; slotsCreated: number }> {
  return inTransaction(async (tx) => {
    const due = await tx.$queryRaw<Due[]>`
      SELECT r.doctor_id, r.timezone, r.rules, r.exceptions,
             greatest(r.open_until, app_now()) AS opened,
             app_now() + make_interval(days => r.horizon_days) AS until
        FROM availability_rules r JOIN doctors d ON d.id = r.doctor_id AND doctor_is_bookable(d)
       WHERE r.doctor_id > ${after ?? FIRST}::uuid
         AND r.open_until < app_now() + make_interval(days => r.horizon_days)
       ORDER BY r.doctor_id LIMIT ${DOCTORS_AT_ONCE} FOR UPDATE OF r SKIP LOCKED`;
    if (due.length === 0) return { last: null, slotsCreated: 0 };
    const wanted = due.flatMap(({ doctor_id: doctorId, opened, until, ...hours }) =>
      slotsOf(hours, opened, until).map((span) => ({ doctorId, ...span })),
    );
    const slotsCreated = await openSlots(tx, wanted);
    await tx.$executeRaw`
      UPDATE availability_rules r SET open_until = u.until
        FROM unnest(${due.map((row) => row.doctor_id)}::text[]::uuid[],
                    ${isoOf(due.map(({ until }) => until))}::text[]::timestamptz[]) AS u(doctor_id, until)
       WHERE r.doctor_id = u.doctor_id`;
    return { last: due.at(-1)?.doctor_id ?? null, slotsCreated };
  });
}

const FORGOTTEN_AT_ONCE = 2000;

/**
 * Deletes slots that were taken back a day ago and never booked. Until then, a page that still shows
 * one can be answered with other times. Those of the hours that a doctor took back by hand stay, since
 * they keep their time closed. @returns how many are gone.
 */
export async function forgetWithdrawn(): Promise<number> {
  for (let total = 0; ; ) {
    const count = await db.$executeRaw`
      DELETE FROM availability_slots WHERE id IN (
        SELECT s.id FROM availability_slots s
         WHERE s.withdrawn_at < app_now() - interval '1 day' AND NOT s.from_rules
           AND NOT EXISTS (SELECT FROM bookings b WHERE b.slot_id = s.id)
         LIMIT ${FORGOTTEN_AT_ONCE})`;
    total += count;
    if (count < FORGOTTEN_AT_ONCE) return total;
  }
}
