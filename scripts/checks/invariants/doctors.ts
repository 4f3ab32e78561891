import type { Invariant } from "./invariant";

export const DOCTORS: Invariant[] = [
  {
    id: "14a",
    title:
      "a doctor's approved details are those of the last approved change, while a later one waits",
    sql: `SELECT d.id FROM (
            SELECT DISTINCT ON (c.doctor_id, f.field) c.doctor_id, f.field,
                   CASE c.status WHEN 'PENDING' THEN c.before ->> f.field ELSE c.after ->> f.field END AS value
              FROM doctor_changes c CROSS JOIN LATERAL jsonb_object_keys(c.after) AS f(field)
             WHERE c.status IN ('PENDING', 'APPROVED')
             ORDER BY c.doctor_id, f.field, c.id DESC) expected
            JOIN doctors d ON d.id = expected.doctor_id
           WHERE expected.value IS DISTINCT FROM CASE expected.field
             WHEN 'name' THEN d.name WHEN 'council' THEN d.council
             WHEN 'registrationNumber' THEN d.registration_number
             WHEN 'registrationExpiresOn' THEN d.registration_expires_on::text END`,
  },
];
