import type { Invariant } from "./invariant";

/** Every column with clinical or personal data: table, key and column. */
const ENCRYPTED = [
  ["profiles", "user_id", "phone"],
  ["profiles", "user_id", "date_of_birth"],
  ["profiles", "user_id", "gender"],
  ["bookings", "id", "reason"],
  ["bookings", "id", "cancel_reason"],
  ["consultations", "id", "notes"],
  ["prescriptions", "id", "content"],
  ["mailbox_messages", "id", "content"],
] as const;

export const ENCRYPTION: Invariant[] = ENCRYPTED.map(([table, key, column]) => ({
  id: `10 ${table}.${column}`,
  title: `${table}.${column} contains only ciphertext`,
  sql: `SELECT ${key} FROM ${table} WHERE ${column} IS NOT NULL
           AND (octet_length(${column}) < 29 OR get_byte(${column}, 0) <> 1)`,
}));
