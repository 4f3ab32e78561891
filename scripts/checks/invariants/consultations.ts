import type { Invariant } from "./invariant";

export const CONSULTATIONS: Invariant[] = [
  {
    id: "2d",
    title: "no patient was marked as absent before the grace time was over, or while waiting",
    sql: `SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE b.status = 'NO_SHOW' AND (
             c.ended_at < b.starts_at + make_interval(mins => b.no_show_grace_minutes)
             OR c.patient_seen_at >= b.starts_at + make_interval(mins => b.no_show_grace_minutes)
             OR c.patient_seen_at > c.ended_at - interval '119 seconds')`,
  },
  {
    id: "2f",
    title:
      "no fee is kept for a visit that ended more than half an hour ago and that nobody started",
    onlyDrained: true,
    sql: `SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE b.status = 'CONFIRMED' AND c.status = 'SCHEDULED'
             AND b.ends_at < app_now() - interval '30 minutes'`,
  },
  {
    id: "5i",
    title: "a consultation has the state that its booking implies",
    sql: `SELECT b.id FROM bookings b LEFT JOIN consultations c ON c.booking_id = b.id
           WHERE NOT CASE b.status
             WHEN 'CONFIRMED' THEN coalesce(c.status IN ('SCHEDULED', 'ACTIVE'), false)
             WHEN 'COMPLETED' THEN coalesce(c.status = 'COMPLETED', false)
             WHEN 'NO_SHOW' THEN coalesce(c.status = 'NO_SHOW', false)
             WHEN 'CANCELLED' THEN coalesce(c.status = 'CANCELLED', true)
             ELSE c.id IS NULL END`,
  },
];
