import { randomBytes } from "node:crypto";
import pg from "pg";
import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "@/server/audit/commands";
import { system } from "@/server/audit/schema";
import { closeDb, db } from "@/server/platform/db";
import { createDataKey, sealText } from "@/server/platform/phi";
import { demoDoctor } from "../../prisma/demo-people";

/** The people and slots of a benchmark. All tokens belong to live sessions; all slots are free. */
export type Population = {
  doctorIds: string[];
  /** Patients with five bookings. */
  regularTokens: string[];
  /** Patients without a booking. Each can hold one slot. */
  newcomers: Array<{ id: string; token: string }>;
  /** Free slots in random order. */
  slotIds: string[];
};

const DOCTORS = 1000;
const SLOTS_PER_DOCTOR = 100;
/** For each doctor, this many past slots and this many future slots are booked. */
const BOOKED_EACH_WAY = 5;
const REGULARS = 2000;

const people = (role: string, count: number, label: string) => `
  INSERT INTO users (email, name, role, password_hash, email_verified_at)
  SELECT '${label}' || n || '@load.test', '${label} ' || n, '${role}', '!', app_now()
    FROM generate_series(0, ${count - 1}) n`;

/** Creates the sessions of all patients. The token is the secret plus the name in the address. */
const sessions = (secret: string) => `
  INSERT INTO sessions (user_id, kind, device, access_token_hash, access_expires_at, expires_at)
  SELECT id, 'api', 'load', sha256(convert_to('${secret}' || email_number, 'UTF8')),
         app_now() + interval '1 day', app_now() + interval '1 day'
    FROM (SELECT id, split_part(email, '@', 1) AS email_number FROM users WHERE role = 'patient') p`;

/**
 * Plans 100 slots of half an hour for each doctor: five on past days, the others on future days, eight
 * a day. Doctors start on different days and minutes, so that the bookings of a patient never overlap.
 */
const PLAN = `
  CREATE UNLOGGED TABLE load_plan AS
  SELECT uuid_v7() AS slot_id, d.id AS doctor_id, d.fee_amount, d.n, k, day + at AS starts_at,
         uuid_v7() AS booking_id, uuid_v7() AS payment_id,
         CASE WHEN k < ${BOOKED_EACH_WAY} THEN 'patient' || (((k + ${BOOKED_EACH_WAY}) % 2) * 1000
           + (d.n + (k + ${BOOKED_EACH_WAY}) * 37) % 1000) END AS patient
    FROM (SELECT id, fee_amount, row_number() OVER (ORDER BY registration_number)::int - 1 AS n
            FROM doctors) d,
         generate_series(-${BOOKED_EACH_WAY}, ${SLOTS_PER_DOCTOR - BOOKED_EACH_WAY - 1}) k,
         LATERAL (SELECT date_trunc('day', app_now()) + make_interval(
             days => CASE WHEN k < 0 THEN k ELSE 1 + d.n % 7 + k / 8 END) AS day) a,
         LATERAL (SELECT make_interval(hours => 3,
             mins => 30 + (d.n % 3) * 5 + CASE WHEN k < 0 THEN 0 ELSE (k % 8) * 45 END) AS at) b`;

const SLOTS = `
  INSERT INTO availability_slots (id, doctor_id, starts_at, ends_at, status)
  SELECT slot_id, doctor_id, starts_at, starts_at + interval '30 minutes',
         CASE WHEN patient IS NULL THEN 'AVAILABLE' ELSE 'BOOKED' END::slot_status
    FROM load_plan ORDER BY doctor_id, starts_at`;

/** Bookings as the app leaves them: paid, and completed if their slot is in the past. */
const BOOKINGS = [
  `INSERT INTO bookings (id, slot_id, doctor_id, patient_id, status, starts_at, ends_at, price_amount,
                         currency, hold_expires_at, created_at, cancellation_policy)
   SELECT booking_id, slot_id, doctor_id, u.id,
          CASE WHEN k < 0 THEN 'COMPLETED' ELSE 'CONFIRMED' END::booking_status, starts_at,
          starts_at + interval '30 minutes', fee_amount, 'INR',
          app_now() - interval '20 days' + interval '10 minutes', app_now() - interval '20 days',
          (SELECT tiers FROM cancellation_policies ORDER BY version DESC LIMIT 1)
     FROM load_plan p JOIN users u ON u.email = p.patient || '@load.test'`,
  `INSERT INTO payments (id, booking_id, provider, status, amount, currency, captured_at)
   SELECT payment_id, booking_id, 'sandbox', 'SUCCEEDED', fee_amount, 'INR', app_now() - interval '20 days'
     FROM load_plan WHERE patient IS NOT NULL`,
  `INSERT INTO ledger_entries (transaction_id, payment_id, account, amount)
   SELECT t.id, payment_id, e.account::ledger_account, e.sign * fee_amount
     FROM load_plan, LATERAL (VALUES (booking_id, 'gateway', 1), (booking_id, 'patient_receivable', -1),
            (slot_id, 'patient_receivable', 1), (slot_id, 'revenue', -1)) e(transaction_id, account, sign),
          LATERAL (SELECT e.transaction_id AS id) t
    WHERE patient IS NOT NULL`,
  `INSERT INTO consultations (booking_id, created_at, status, started_at, ended_at)
   SELECT booking_id, app_now() - interval '20 days', CASE WHEN k < 0 THEN 'COMPLETED' ELSE 'SCHEDULED' END::consultation_status,
          CASE WHEN k < 0 THEN starts_at END, CASE WHEN k < 0 THEN starts_at + interval '25 minutes' END
     FROM load_plan WHERE patient IS NOT NULL`,
];

/** Builds the statement that appends the audit entries of some bookings. */
function auditOf(bookingIds: string[]): Prisma.Sql {
  const by = (role: "patient" | "doctor", userId: Prisma.Sql) => ({
    role,
    userId,
    requestId: null,
  });
  const booking = { entityType: "booking", entityId: Prisma.sql`b.id::text` } as const;
  const held = auditSql(by("patient", Prisma.sql`b.patient_id`), {
    ...booking,
    action: "booking.held",
  });
  const captured = auditSql(system(), {
    action: "payment.captured",
    entityType: "payment",
    entityId: Prisma.sql`p.id::text`,
    detail: { amount: Prisma.sql`p.amount` },
  });
  const confirmed = auditSql(system(), { ...booking, action: "booking.confirmed" });
  const completed = auditSql(by("doctor", Prisma.sql`d.user_id`), {
    ...booking,
    action: "booking.completed",
  });
  return Prisma.sql`
    SELECT ${held}, ${captured}, ${confirmed}, CASE WHEN b.status = 'COMPLETED' THEN ${completed} END
      FROM bookings b JOIN payments p ON p.booking_id = b.id JOIN doctors d ON d.id = b.doctor_id
     WHERE b.id = ANY(${bookingIds}::uuid[]) ORDER BY b.id`;
}

const doctors = () =>
  Array.from({ length: DOCTORS }, (_, n) => {
    const { slotMinutes: _minutes, ...doctor } = demoDoctor(n);
    return { ...doctor, email: `doctor${n}@load.test` };
  });

const DOCTOR_ROWS = `
  INSERT INTO doctors (user_id, status, council, registration_expires_on, name, gender,
                       registration_number, specializations, languages, years_of_experience,
                       fee_amount, bio)
  SELECT u.id, 'APPROVED', 'Load', app_now()::date + 365, d.name, d.gender::gender,
         d."registrationNumber", d.specializations, d.languages, d."yearsOfExperience",
         d."feeAmount", d.bio
    FROM jsonb_to_recordset($1::jsonb) AS d(email text, name text, gender text, "registrationNumber" text,
           specializations text[], languages text[], "yearsOfExperience" int, "feeAmount" int, bio text)
    JOIN users u ON u.email = d.email`;

/** Runs `work` for all items, `width` at a time. */
async function inParallel<T>(
  items: T[],
  width: number,
  work: (item: T, lane: number) => Promise<unknown>,
) {
  const queue = items.values();
  const lane = async (_: unknown, index: number) => {
    for (const item of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function writeAudit(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM bookings");
  const chunks = Array.from({ length: Math.ceil(rows.length / 50) }, (_, index) =>
    rows.slice(index * 50, index * 50 + 50).map((row) => row.id),
  );
  // In small transactions: a chain's head grows with each entry of a transaction.
  await inParallel(chunks, 4, (ids) => pool.query(auditOf(ids)));
}

/** Gives each future booking an encrypted reason, so that reading it costs as much as in production. */
async function writeReasons(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string; patient_id: string }>(
    "SELECT id, patient_id FROM bookings WHERE status = 'CONFIRMED'",
  );
  const owners = [...new Set(rows.map((row) => row.patient_id))];
  await inParallel(owners, 8, (id) => createDataKey(db, id));
  const sealed = new Map<string, Buffer>();
  await inParallel(rows, 8, async ({ id, patient_id: ownerId }) => {
    const place = { table: "bookings", column: "reason", rowId: id, ownerId };
    sealed.set(
      id,
      Buffer.from(await sealText(db, place, "Headaches most evenings, for two weeks")),
    );
  });
  await pool.query(
    `UPDATE bookings b SET reason = r.reason
       FROM unnest($1::uuid[], $2::bytea[]) AS r(id, reason) WHERE b.id = r.id`,
    [[...sealed.keys()], [...sealed.values()]],
  );
}

/**
 * Fills an empty, migrated database: 1,000 approved doctors, 100,000 slots of which a tenth is booked
 * and paid, and patients with live sessions. All constraints and triggers are active.
 */
export async function seedLoad(url: string, newcomers: number): Promise<Population> {
  const secret = randomBytes(16).toString("hex");
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  await pool.query(people("doctor", DOCTORS, "doctor"));
  await pool.query(people("patient", REGULARS, "patient"));
  await pool.query(people("patient", newcomers, "newcomer"));
  await pool.query(`INSERT INTO profiles (user_id) SELECT id FROM users`);
  await pool.query(sessions(secret));
  await pool.query(DOCTOR_ROWS, [JSON.stringify(doctors())]);
  await pool.query(`BEGIN; ${[PLAN, SLOTS, ...BOOKINGS].join(";")}; DROP TABLE load_plan; COMMIT`);
  await writeAudit(pool);
  await writeReasons(pool);
  // The many entries leave thousands of dead row versions of each chain head.
  await pool.query("VACUUM FULL audit_heads");
  await pool.query("VACUUM ANALYZE");
  await pool.query("CHECKPOINT");

  const ids = async (sql: string) => (await pool.query<{ id: string; name: string }>(sql)).rows;
  const population = {
    doctorIds: (await ids("SELECT id FROM doctors")).map(({ id }) => id),
    regularTokens: Array.from({ length: REGULARS }, (_, n) => `${secret}patient${n}`),
    newcomers: (
      await ids(
        "SELECT id, split_part(email, '@', 1) AS name FROM users WHERE email LIKE 'newcomer%'",
      )
    ).map(({ id, name }) => ({ id, token: `${secret}${name}` })),
    slotIds: (
      await ids("SELECT id FROM availability_slots WHERE status = 'AVAILABLE' ORDER BY random()")
    ).map(({ id }) => id),
  };
  await pool.end();
  await closeDb();
  return population;
}
