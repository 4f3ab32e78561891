import { beforeAll, describe, expect, test } from "vitest";
import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "@/server/audit/commands";
import { type AuditEntry, system } from "@/server/audit/schema";
import { numberReceipts } from "@/server/payments/commands/receipts";
import { eventSql } from "@/server/platform/outbox";

import { checkInvariants } from "../../scripts/checks/invariants/check";
import { INVARIANTS } from "../../scripts/checks/invariants/list";
import { makeConfirmed, makeHold } from "../support/bookings";
import { asText, OWNER_URL, sql, withConnection } from "../support/database";
import { breaksByHand } from "../support/invariants";

breaksByHand(...INVARIANTS.map(({ id }) => id));

/** Returns the number of violations of one invariant. */
async function violationsOf(id: string): Promise<number> {
  const findings = await checkInvariants(OWNER_URL, { drained: true });
  const finding = findings.find((found) => found.id === id);
  if (!finding) throw new Error(`no invariant ${id}`);
  return finding.violations;
}

const CONFIRMED = "(SELECT booking_id FROM payments WHERE status = 'SUCCEEDED' LIMIT 1)";
const HELD = "(SELECT id FROM bookings WHERE status = 'PENDING' LIMIT 1)";
const PAID =
  "(SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.status = 'CONFIRMED' LIMIT 1)";
const audited = (action: Extract<AuditEntry, { entityType: "booking" }>["action"]) => {
  const entity = { entityType: "booking", entityId: Prisma.raw(`${HELD}::text`) } as const;
  return asText(Prisma.sql`SELECT ${auditSql(system(), { action, ...entity })}`);
};
const overlap = (whose: string) =>
  `UPDATE bookings b SET ${whose} = a.${whose}, starts_at = a.starts_at, ends_at = a.ends_at
     FROM bookings a WHERE a.id <> b.id AND a.status = 'CONFIRMED' AND b.status = 'PENDING'`;
const plaintext = (table: string, column: string) =>
  `UPDATE ${table} SET ${column} = convert_to('a plain text that is long enough to be one', 'UTF8')`;

/** Each invariant, and a statement by which the database's owner can break it. */
const BREAKS: Array<[id: string, statement: string]> = [
  ["1a", overlap("doctor_id")],
  ["1b", overlap("patient_id")],
  ["2a", `UPDATE payments SET status = 'FAILED', captured_at = NULL WHERE id = ${PAID}`],
  ["2b", `UPDATE bookings SET status = 'EXPIRED' WHERE id = ${CONFIRMED}`],
  [
    "2c",
    `UPDATE consultations c SET created_at = b.starts_at + interval '1 second'
       FROM bookings b WHERE b.id = c.booking_id`,
  ],
  [
    "2d",
    `UPDATE bookings SET status = 'NO_SHOW' WHERE id = ${CONFIRMED};
     UPDATE consultations SET status = 'NO_SHOW', ended_at = now() WHERE booking_id = ${CONFIRMED}`,
  ],
  ["2e", `UPDATE bookings SET status = 'COMPLETED' WHERE id = ${CONFIRMED}`],
  [
    "2f",
    `UPDATE bookings SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'
      WHERE id = (SELECT id FROM bookings WHERE status = 'CONFIRMED' LIMIT 1)`,
  ],
  [
    "3a",
    `UPDATE ledger_entries SET amount = amount + 1 WHERE id = (SELECT id FROM ledger_entries LIMIT 1)`,
  ],
  ["3b", `UPDATE payments SET amount = amount + 1`],
  ["3c", `INSERT INTO refunds (payment_id, amount, reason) SELECT ${PAID}, 100, 'cancelled'`],
  ["3d", `UPDATE payments SET refunded_amount = refunded_amount + 1`],
  ["3f", `UPDATE receipt_counters SET last = last + 1`],
  [
    "4a",
    `UPDATE bookings SET hold_expires_at = now() - interval '2 minutes' WHERE status = 'PENDING'`,
  ],
  ["4d", `UPDATE bookings SET hold_expires_at = starts_at + interval '1 second'`],
  ["4b", `UPDATE availability_slots SET status = 'HELD' WHERE status = 'BOOKED'`],
  [
    "4c",
    `UPDATE availability_slots SET starts_at = starts_at - interval '1 minute' WHERE status <> 'AVAILABLE'`,
  ],
  ["5a", audited("booking.held")],
  [
    "12b",
    "INSERT INTO users (email, name, role, status, password_hash) VALUES ('x', 'x', 'admin', 'SUSPENDED', '')",
  ],
  [
    "14a",
    `INSERT INTO doctor_changes (doctor_id, before, after)
     SELECT id, '{"name": "another"}', '{"name": "Dr. Next"}' FROM doctors LIMIT 1`,
  ],
  ["12a", "UPDATE users SET email_verified_at = NULL"],
  ["5b", audited("booking.confirmed")],
  ["5c", audited("booking.expired")],
  ["5d", audited("booking.cancelled")],
  ["5e", audited("booking.completed")],
  ["5f", audited("booking.no_show")],
  ["5g", audited("booking.rescheduled")],
  ["5h", audited("booking.extended")],
  ["5i", `UPDATE consultations SET status = 'COMPLETED'`],
  [
    "6a",
    `UPDATE audit_logs SET sequence = sequence + 1000000 WHERE id = (SELECT id FROM audit_logs LIMIT 1)`,
  ],
  [
    "6b",
    `UPDATE audit_logs SET actor_role = 'admin' WHERE id = (SELECT id FROM audit_logs LIMIT 1)`,
  ],
  ["6c", `UPDATE audit_heads SET sequence = sequence + 1`],
  [
    "7a",
    `ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
     INSERT INTO idempotency_keys SELECT * FROM idempotency_keys LIMIT 1`,
  ],
  [
    "7b",
    `ALTER TABLE webhook_events DROP CONSTRAINT webhook_events_pkey;
     INSERT INTO webhook_events SELECT * FROM webhook_events LIMIT 1`,
  ],
  [
    "7c",
    `INSERT INTO ledger_entries (transaction_id, payment_id, account, amount)
     SELECT gen_random_uuid(), payment_id, account, amount FROM ledger_entries`,
  ],
  [
    "7d",
    `ALTER TABLE notifications DROP CONSTRAINT IF EXISTS notifications_booking_id_version_kind_channel_user_id_key;
     DROP INDEX IF EXISTS notifications_booking_id_version_kind_channel_user_id_key;
     INSERT INTO notifications (booking_id, version, kind, channel, user_id)
     SELECT id, 1, 'confirmed', 'mail', patient_id FROM bookings, generate_series(1, 2)`,
  ],
  ["9", `UPDATE outbox SET created_at = now() - interval '1 hour'`],
  [
    "9d",
    asText(
      eventSql(
        "booking/expired",
        { bookingId: Prisma.sql`b.id` },
        Prisma.sql`bookings b WHERE b.status = 'PENDING'`,
      ),
    ),
  ],
  ["3e", `INSERT INTO refunds (payment_id, amount, reason) SELECT ${PAID}, 100, 'cancelled'`],
  [
    "13a",
    `UPDATE notifications SET status = 'PENDING', due_at = now() - interval '11 minutes'
      WHERE booking_id = ${CONFIRMED} AND kind = 'confirmed'`,
  ],
  // The trigger that inserts the notification does not run.
  ["13b", `UPDATE bookings SET status = 'CANCELLED' WHERE id = ${HELD}`],
  ["10 profiles.phone", plaintext("profiles", "phone")],
  ["10 profiles.date_of_birth", plaintext("profiles", "date_of_birth")],
  ["10 profiles.gender", plaintext("profiles", "gender")],
  ["10 bookings.reason", plaintext("bookings", "reason")],
  ["10 bookings.cancel_reason", plaintext("bookings", "cancel_reason")],
  ["10 consultations.notes", plaintext("consultations", "notes")],
  [
    "10 prescriptions.content",
    `INSERT INTO prescriptions (booking_id, version, content)
     SELECT id, 1, convert_to('paracetamol, twice a day, for a week', 'UTF8') FROM bookings`,
  ],
  [
    "10 mailbox_messages.content",
    `INSERT INTO mailbox_messages (user_id, content)
     SELECT id, convert_to('your visit is confirmed, dear patient', 'UTF8') FROM users`,
  ],
];

describe("the invariant check", () => {
  beforeAll(async () => {
    for (let n = 0; n < 3; n++) await makeConfirmed();
    for (let n = 0; n < 3; n++) await makeHold();
    await numberReceipts();
    const whole = await checkInvariants(OWNER_URL);
    expect(whole.filter(({ violations }) => violations > 0)).toEqual([]);
    // The constraints would refuse these statements, so drop them.
    const guards = await sql<{ statement: string }>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement
         FROM pg_constraint WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace
          AND conrelid <> 0 AND coninhcount = 0`,
    );
    for (const { statement } of guards) await sql(statement);
    await sql("DROP INDEX bookings_live_holds");
  });

  test.each(BREAKS)("reports a violation of %s", async (id, statement) => {
    const before = await violationsOf(id);
    // Several statements in one query are one transaction.
    await sql(`SET LOCAL session_replication_role = replica; ${statement}`);
    expect(await violationsOf(id)).toBeGreaterThan(before);
  });

  test("reports a violation of 11, a session that is idle in a transaction", async () => {
    await withConnection(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT 1");
      // The check allows 15 seconds before it reports the session.
      await new Promise((resolve) => setTimeout(resolve, 16_000));
      expect(await violationsOf("11")).toBe(1);
      await client.query("ROLLBACK");
    });
  });

  test("is tested for every invariant", async () => {
    const broken = new Set([...BREAKS.map(([id]) => id), "11"]);
    const all = await checkInvariants(OWNER_URL, { drained: true });
    expect(all.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
  });
});
