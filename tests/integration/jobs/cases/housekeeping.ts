import { randomUUID } from "node:crypto";
import { Temporal } from "temporal-polyfill";
import { expect } from "vitest";
import { deleteSignUps } from "@/server/accounts/jobs";
import { checkpointAudit, countRefusals, makeAuditPartitions } from "@/server/audit/jobs";
import { rollSlotHorizon } from "@/server/availability/jobs";
import { purgeIdempotencyKeys, purgeJobHistory } from "@/server/job-engine/jobs";
import { callerAs } from "../../../support/caller";
import { sql } from "../../../support/database";
import { makeDoctor, makePatient } from "../../../support/factories";
import { idOf, type JobCase } from "../../../support/job-cases";

const ZONE = "Asia/Kolkata";

async function prepareKeys() {
  const procedure = randomUUID();
  await sql(
    `INSERT INTO idempotency_keys (user_id, procedure, key, request_hash, response, created_at)
     SELECT gen_random_uuid(), $1, n::text, '', '', now() - make_interval(hours => n)
       FROM generate_series(23, 25) n`,
    [procedure],
  );
  return {
    effect: async () => {
      const left = await sql<{ key: string }>(
        "SELECT key FROM idempotency_keys WHERE procedure = $1 ORDER BY key",
        [procedure],
      );
      return left.map(({ key }) => key);
    },
    once: ["23"],
    undo: () =>
      sql("UPDATE idempotency_keys SET created_at = now() WHERE procedure = $1", [procedure]),
    undone: ["23", "24", "25"],
  };
}

/** Makes an old run, an old event and an old tick, and a new one of each. */
async function prepareHistory() {
  const name = randomUUID();
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at, status, ended_at)
     SELECT $1, n::text, '{}', now(), 'COMPLETED', now() - make_interval(days => n)
       FROM unnest(ARRAY[0, 31]) n`,
    [name],
  );
  await sql(
    `INSERT INTO job_events (id, name, data, delivered_at)
     SELECT $1 || n, $1, '{}', now() - make_interval(days => n) FROM unnest(ARRAY[0, 31]) n`,
    [name],
  );
  await sql(
    `INSERT INTO job_ticks (function_id, tick)
     SELECT $1, now() - make_interval(days => n) FROM unnest(ARRAY[8, 9]) n`,
    [name],
  );
  return {
    effect: async () => {
      const [left] = await sql(
        `SELECT (SELECT count(*)::int FROM job_runs WHERE function_id = $1) AS runs,
                (SELECT count(*)::int FROM job_events WHERE name = $1) AS events,
                (SELECT count(*)::int FROM job_ticks WHERE function_id = $1) AS ticks`,
        [name],
      );
      return left;
    },
    once: { runs: 1, events: 1, ticks: 1 },
    // An admin restarts the run, and the event and the ticks become recent.
    undo: async () => {
      await sql("UPDATE job_runs SET status = 'QUEUED', ended_at = NULL WHERE function_id = $1", [
        name,
      ]);
      await sql("UPDATE job_events SET delivered_at = now() WHERE name = $1", [name]);
      await sql("UPDATE job_ticks SET tick = tick + interval '5 days' WHERE function_id = $1", [
        name,
      ]);
    },
    undone: { runs: 2, events: 2, ticks: 2 },
  };
}

const partitions = () =>
  sql(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
      WHERE inhparent = 'audit_logs'::regclass ORDER BY 1`,
  );

/** Drops the partition of the last month. */
async function preparePartitions() {
  const all = await partitions();
  const last = all.filter(({ name }) => /_\d{4}_\d\d$/.test(String(name))).at(-1)?.name;
  await sql(`DROP TABLE ${last}`);
  return {
    effect: partitions,
    once: all,
    undo: () => sql("SELECT audit_ensure_partitions(3)"),
    undone: all,
  };
}

/** Makes audit entries to sign. There is no `undo`: a checkpoint is always due. */
async function prepareCheckpoint() {
  await makePatient();
  const effect = async () => {
    const [row] = await sql<{ signed: number; runs: number }>(
      `SELECT (SELECT count(*)::int FROM audit_checkpoints) AS signed,
              (SELECT count(*)::int FROM job_runs WHERE function_id = $1
                AND status = 'COMPLETED') AS runs`,
      [idOf(checkpointAudit)],
    );
    return { signed: row?.signed ?? 0, runs: row?.runs ?? 0 };
  };
  const before = await effect();
  return {
    // Each completed run makes one checkpoint: `besides` counts any other.
    effect: async () => {
      const { signed, runs } = await effect();
      return { ran: runs > 0, besides: signed - before.signed - runs };
    },
    once: { ran: true, besides: 0 },
  };
}

/** Makes a doctor with hours on one day of the horizon, but without slots. */
async function prepareHours() {
  const doctor = await makeDoctor();
  const today = Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate();
  const { dayOfWeek: weekday } = today.add({ days: 3 });
  const rules = [{ weekday, start: "09:00", end: "11:00", slotMinutes: 30 }];
  const setHours = (hours: typeof rules) =>
    callerAs(doctor).availability.set({ timezone: ZONE, rules: hours, horizonDays: 8 });
  await setHours(rules);
  await sql("DELETE FROM availability_slots WHERE doctor_id = $1", [doctor.doctorId]);
  await sql(
    "UPDATE availability_rules SET open_until = open_until - interval '30 days' WHERE doctor_id = $1",
    [doctor.doctorId],
  );
  return {
    effect: () =>
      sql("SELECT count(*)::int AS slots FROM availability_slots WHERE doctor_id = $1", [
        doctor.doctorId,
      ]),
    once: [{ slots: 4 }],
    undo: () => setHours([]),
    undone: [{ slots: 0 }],
  };
}

/** Makes old registrations: one of a confirmed address, and two of an unconfirmed address. */
async function prepareSignUps() {
  const [confirmed, open] = [await makePatient(), await makePatient()];
  await sql("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [open.id]);
  await sql("UPDATE users SET email_verified_at = NULL WHERE id = $1", [open.id]);
  await sql(
    `INSERT INTO sign_ups (user_id, name, timezone, password_hash, created_at)
     SELECT u, 'Anew', 'Asia/Kolkata', '!', now() - interval '3 days' FROM unnest($1::uuid[]) u`,
    [[confirmed.id, open.id, open.id]],
  );
  const left = () =>
    sql("SELECT user_id FROM sign_ups WHERE user_id = ANY($1)", [[confirmed.id, open.id]]);
  return {
    effect: left,
    once: [{ user_id: open.id }],
    undo: () => sql("UPDATE sign_ups SET created_at = now()"),
    undone: expect.toSatisfy((rows: unknown[]) => rows.length === 3),
  };
}

/** Makes refusals of a past minute; the first of them is in the audit log already. */
async function prepareRefusals() {
  const { id } = await makePatient();
  await sql(
    `INSERT INTO refusals (user_id, procedure, reason, minute, count)
     VALUES ($1, 'audit.list', 'ROLE_REQUIRED', date_trunc('minute', now()) - interval '5 minutes', 7)`,
    [id],
  );
  return {
    effect: async () => {
      const entries = await sql<{ count: number }>(
        `SELECT (detail->>'count')::int AS count FROM audit_logs
          WHERE actor_id = $1 AND action = 'access.denied'`,
        [id],
      );
      return entries.map(({ count }) => count);
    },
    once: [6],
    undo: () => sql("DELETE FROM refusals"),
    undone: [],
  };
}

export const housekeepingCases: JobCase[] = [
  { fn: purgeIdempotencyKeys, prepare: prepareKeys },
  { fn: purgeJobHistory, prepare: prepareHistory },
  { fn: makeAuditPartitions, prepare: preparePartitions },
  { fn: checkpointAudit, prepare: prepareCheckpoint },
  { fn: rollSlotHorizon, prepare: prepareHours },
  { fn: deleteSignUps, prepare: prepareSignUps },
  { fn: countRefusals, prepare: prepareRefusals },
];
