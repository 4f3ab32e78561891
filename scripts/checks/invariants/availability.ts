import type { Invariant } from "./invariant";

/** The states of a booking that occupy its slot. */
const OCCUPYING = "('PENDING', 'CONFIRMED', 'COMPLETED', 'NO_SHOW')";

export const AVAILABILITY: Invariant[] = [
  {
    id: "4b",
    title: "every claimed slot has exactly one booking that occupies it, in the matching state",
    sql: `SELECT s.id FROM availability_slots s WHERE s.status <> 'AVAILABLE' AND 1 <> (
            SELECT count(*) FROM bookings b WHERE b.slot_id = s.id AND b.status IN ${OCCUPYING}
               AND (b.status = 'PENDING') = (s.status = 'HELD'))`,
  },
  {
    id: "4c",
    title: "every booking that occupies a slot has a claimed slot with the same doctor and times",
    sql: `SELECT b.id FROM bookings b JOIN availability_slots s ON s.id = b.slot_id
           WHERE b.status IN ${OCCUPYING} AND (s.status = 'AVAILABLE' OR s.withdrawn_at IS NOT NULL
              OR s.doctor_id <> b.doctor_id OR s.starts_at <> b.starts_at OR s.ends_at <> b.ends_at)`,
  },
];
