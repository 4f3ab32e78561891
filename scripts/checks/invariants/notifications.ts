import type { Invariant } from "./invariant";

export const NOTIFICATIONS: Invariant[] = [
  {
    id: "7d",
    title: "a person gets at most one message per booking, version, kind and channel",
    sql: `SELECT booking_id FROM notifications WHERE booking_id IS NOT NULL
           GROUP BY booking_id, version, kind, channel, user_id HAVING count(*) > 1`,
  },
  {
    id: "13b",
    title:
      "each CONFIRMED, EXPIRED or CANCELLED booking has the patient's message about its state and version; " +
      "a CONFIRMED booking that starts in over an hour also has a reminder that is not VOID",
    onlyDrained: true,
    sql: `SELECT b.id FROM bookings b
           CROSS JOIN LATERAL (
             SELECT CASE WHEN b.status = 'CONFIRMED' AND b.version > 1 THEN 'rescheduled'
                         ELSE lower(b.status::text) END AS kind
             UNION ALL SELECT 'reminder_1h'
              WHERE b.status = 'CONFIRMED' AND b.starts_at > app_now() + interval '1 hour') k
           WHERE b.status IN ('CONFIRMED', 'EXPIRED', 'CANCELLED') AND NOT EXISTS (
             SELECT FROM notifications n WHERE n.booking_id = b.id AND n.user_id = b.patient_id
                AND n.version = b.version AND n.kind = k.kind
                AND NOT (k.kind = 'reminder_1h' AND n.status = 'VOID'))`,
  },
];
