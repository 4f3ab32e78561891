import { sql } from "./database";
import type { DoctorPerson } from "./factories";

/** Returns the id of the doctor's change that waits for an admin. */
export async function waitingChange({ doctorId }: DoctorPerson): Promise<string> {
  const [row] = await sql<{ id: string }>(
    "SELECT id FROM doctor_changes WHERE doctor_id = $1 AND status = 'PENDING'",
    [doctorId],
  );
  return row?.id ?? "";
}

/** Returns the audit entries about a doctor's profile, oldest first, and by action within a transaction. */
export const auditOf = ({ doctorId }: DoctorPerson) =>
  sql<{ action: string; detail: unknown }>(
    `SELECT action, detail FROM audit_logs WHERE entity_type = 'doctor' AND entity_id = $1
      ORDER BY at, action`,
    [doctorId],
  );
