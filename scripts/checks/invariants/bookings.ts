import type { Invariant } from "./invariant";

const ACTIVE = "('PENDING', 'CONFIRMED')";

const overlapping = (column: string) => `
  SELECT a.id FROM bookings a JOIN bookings b ON a.${column} = b.${column} AND a.id < b.id
     AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
   WHERE a.status IN ${ACTIVE} AND b.status IN ${ACTIVE}`;

/** Compares the number of a booking's audit entries of one action with the expected number. */
const audited = (action: string, expected: string) => `
  SELECT b.id FROM bookings b
    LEFT JOIN (SELECT entity_id, count(*) AS n FROM audit_logs WHERE action = 'booking.${action}'
                GROUP BY entity_id) a ON a.entity_id = b.id::text
   WHERE NOT (coalesce(a.n, 0) ${expected})`;

export const BOOKINGS: Invariant[] = [
  {
    id: "1a",
    title: "no two active bookings of a doctor overlap",
    sql: overlapping("doctor_id"),
  },
  {
    id: "1b",
    title: "no two active bookings of a patient overlap",
    sql: overlapping("patient_id"),
  },
  {
    id: "2c",
    title: "no booking was confirmed after its start",
    // The confirmation creates the consultation.
    sql: `SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE c.created_at > b.starts_at`,
  },
  {
    id: "4a",
    title: "no PENDING booking is older than its hold plus 60 s",
    sql: `SELECT id FROM bookings WHERE status = 'PENDING'
             AND hold_expires_at < app_now() - interval '60 seconds'`,
  },
  {
    id: "4d",
    title: "no hold lasts beyond the start",
    sql: "SELECT id FROM bookings WHERE hold_expires_at > starts_at",
  },
  {
    id: "5a",
    title: "one audit entry for each hold",
    sql: audited("held", "= 1"),
  },
  {
    id: "5b",
    title: "one audit entry for each confirmation",
    sql: audited(
      "confirmed",
      `= CASE WHEN b.status IN ('CONFIRMED', 'COMPLETED', 'NO_SHOW') THEN 1
              WHEN b.status = 'CANCELLED' THEN least(coalesce(a.n, 0), 1) ELSE 0 END`,
    ),
  },
  {
    id: "5c",
    title: "one audit entry for each expiry",
    sql: audited("expired", "= (b.status = 'EXPIRED')::int"),
  },
  {
    id: "5d",
    title: "one audit entry for each cancellation",
    sql: audited("cancelled", "= (b.status = 'CANCELLED')::int"),
  },
  {
    id: "5e",
    title: "one audit entry for each completion",
    sql: audited("completed", "= (b.status = 'COMPLETED')::int"),
  },
  {
    id: "5f",
    title: "one audit entry for each no-show",
    sql: audited("no_show", "= (b.status = 'NO_SHOW')::int"),
  },
  {
    id: "5g",
    title: "one audit entry for each reschedule",
    sql: audited("rescheduled", "= b.version - 1"),
  },
  {
    id: "5h",
    title: "one audit entry for each extension",
    sql: audited("extended", "= b.hold_extensions"),
  },
];
