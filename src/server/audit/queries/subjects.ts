import { db } from "../../platform/db";
import type { Subject } from "../schema";

type Entity = { entityType: string; entityId: string };
type Row = {
  type: string;
  id: string;
  person: string | null;
  doctor: string | null;
  booking_id: string | null;
  starts_at: Date | null;
};

/** Types whose ids are ids of rows. Other entities, such as procedures, belong to no person. */
const TYPES_WITH_ROWS = [
  "user",
  "session",
  "consent",
  "booking",
  "payment",
  "consultation",
  "doctor",
  "slot",
];

const keyOf = (type: string, id: string) => `${type} ${id}`;

/**
 * Reads which people the entities of audit entries belong to, with their current names.
 * @returns a look-up function. It returns null for an entity without a person, or whose row is deleted.
 */
export async function readSubjects(
  entities: Entity[],
): Promise<(entity: Entity) => Subject | null> {
  const known = entities.filter(({ entityType }) => TYPES_WITH_ROWS.includes(entityType));
  const types = known.map(({ entityType }) => entityType);
  const ids = known.map(({ entityId }) => entityId);
  const rows = await db.$queryRaw<Row[]>`
    SELECT DISTINCT e.type, e.id::text AS id, u.name AS person, d.name AS doctor, b.id AS booking_id,
           coalesce(b.starts_at, l.starts_at) AS starts_at
      FROM unnest(${types}::text[], ${ids}::uuid[]) AS e(type, id)
      LEFT JOIN sessions s ON e.type = 'session' AND s.id = e.id
      LEFT JOIN consents c ON e.type = 'consent' AND c.id = e.id
      LEFT JOIN payments p ON e.type = 'payment' AND p.id = e.id
      LEFT JOIN consultations k ON e.type = 'consultation' AND k.id = e.id
      LEFT JOIN availability_slots l ON e.type = 'slot' AND l.id = e.id
      LEFT JOIN bookings b ON b.id = coalesce(p.booking_id, k.booking_id, CASE e.type WHEN 'booking' THEN e.id END)
      LEFT JOIN users u ON u.id = coalesce(b.patient_id, s.user_id, c.user_id, CASE e.type WHEN 'user' THEN e.id END)
      LEFT JOIN doctors d ON d.id = coalesce(b.doctor_id, l.doctor_id, CASE e.type WHEN 'doctor' THEN e.id END)`;
  const subjects = new Map(
    rows.map((row): [string, Subject] => [
      keyOf(row.type, row.id),
      {
        personName: row.person,
        doctorName: row.doctor,
        bookingId: row.booking_id,
        startsAt: row.starts_at?.toISOString() ?? null,
      },
    ]),
  );
  return ({ entityType, entityId }) => subjects.get(keyOf(entityType, entityId)) ?? null;
}
