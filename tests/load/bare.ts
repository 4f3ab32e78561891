import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";
import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "@/server/audit/commands";
import { claimSlotSql } from "@/server/availability/commands/claim";
import { heldEventSql } from "@/server/bookings/commands/hold";
import { openPaymentSql } from "@/server/bookings/commands/parts";

/**
 * The server that the app is compared with: Node's HTTP server alone. A GET answers fixed JSON of the
 * same size as the app's answer. POST /bookings holds a slot in one SQL call over a pool, without
 * sign-in, validation, idempotency row or retries, at PostgreSQL's default isolation.
 */
export type BareMessage = { fixed: Record<string, string> } | { listening: number };

const fixed = new Map<string, Buffer>();

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_MAX),
  options: "-c role=amrutam_app -c timezone=UTC",
});

/** Builds the same writes as bookings/commands/hold.ts, for a patient without another hold. */
function bookingSql(slotId: string, patientId: string): Prisma.Sql {
  const entry = auditSql(
    { userId: patientId, role: "patient", requestId: null },
    { action: "booking.held", entityType: "booking", entityId: Prisma.sql`h.id::text` },
  );
  return Prisma.sql`
    WITH claimed AS (${claimSlotSql(slotId, "HELD")}),
    held AS (
      INSERT INTO bookings (slot_id, doctor_id, patient_id, starts_at, ends_at, price_amount,
                            currency, hold_expires_at, hold_number, cancellation_policy)
      SELECT c.id, c.doctor_id, ${patientId}::uuid, c.starts_at, c.ends_at, c.fee_amount, c.currency,
             least(app_now() + interval '10 minutes', c.starts_at), 1,
             (SELECT p.tiers FROM cancellation_policies p ORDER BY p.version DESC LIMIT 1)
        FROM claimed c
      RETURNING *),
    payment AS (${openPaymentSql(randomUUID(), "sandbox", Prisma.sql`held`)} RETURNING id),
    event AS (${heldEventSql(Prisma.sql`held h`)})
    SELECT h.id, h.status, h.doctor_id, h.slot_id, h.starts_at, h.ends_at, h.price_amount,
           h.hold_expires_at, p.id AS payment_id, ${entry}
      FROM held h, payment p`;
}

async function book(body: string): Promise<object | undefined> {
  const { slotId, patientId } = JSON.parse(body) as { slotId: string; patientId: string };
  const { text, values } = bookingSql(slotId, patientId);
  const { rows } = await pool.query<object>({ name: "book", text, values });
  return rows[0];
}

const server = createServer((request, response) => {
  const answer = (status: number, body: Buffer) =>
    response
      .writeHead(status, { "content-type": "application/json", "content-length": body.length })
      .end(body);
  if (request.method === "GET") {
    answer(200, fixed.get(request.url ?? "") ?? Buffer.from("{}"));
    return;
  }
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    book(body).then(
      (row) => answer(row ? 200 : 409, Buffer.from(JSON.stringify(row ?? {}))),
      (error: Error) => answer(500, Buffer.from(JSON.stringify({ message: error.message }))),
    );
  });
});

process.on("message", (message: BareMessage) => {
  if (!("fixed" in message)) return;
  for (const [path, body] of Object.entries(message.fixed)) fixed.set(path, Buffer.from(body));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const listening = typeof address === "object" && address ? address.port : 0;
  process.send?.({ listening } satisfies BareMessage);
});
