import type { Asked, Recorder } from "./record";
import type { Store } from "./store";

/** The reckoning: everything that a client was told must be in the database, once, as it was told. */

type AuditRow = { request_id: string; action: string; entity_id: string; detail: Detail };
type Detail = { from?: string; to?: string };
type BookingRow = {
  id: string;
  status: string;
  patient_id: string;
  slot_id: string;
  version: number;
  price: number;
  hold_expires_at: Date;
  hold_extensions: number;
  payment_id: string;
  captured: boolean;
  refunded: number;
  started: boolean;
};
type SlotRow = { id: string; starts_at: Date; ends_at: Date; withdrawn: boolean };
type Slots = Map<string, SlotRow>;
type EventRow = { event_id: string; outcome: string };
type ChargeRow = { payment_id: string; status: string; captured: boolean };

const EXTENSION_MS = 2 * 60_000;

/** Checks all that `recorder` heard against the database. @returns how many answers were compared. */
export async function verify(store: Store, recorder: Recorder): Promise<number> {
  const audit = await store.sql<AuditRow>(
    `SELECT request_id, action, entity_id, detail FROM audit_logs WHERE request_id LIKE 'op-%'`,
  );
  const bookings = byId(
    await store.sql<BookingRow>(
      `SELECT b.id, b.status::text AS status, b.patient_id, b.slot_id, b.version,
              b.price_amount AS price, b.hold_expires_at, b.hold_extensions, p.id AS payment_id,
              p.captured_at IS NOT NULL AS captured,
              -- A refund by hand is not part of what a cancellation answered.
              p.refunded_amount - (SELECT coalesce(sum(r.amount), 0)::int FROM refunds r
                WHERE r.payment_id = p.id AND r.reason = 'gateway') AS refunded,
              coalesce(c.started_at IS NOT NULL, false) AS started
         FROM bookings b JOIN payments p ON p.booking_id = b.id
         LEFT JOIN consultations c ON c.booking_id = b.id`,
    ),
  );
  checkEffects(recorder, audit);
  const slots = byId(
    await store.sql<SlotRow>(
      "SELECT id, starts_at, ends_at, withdrawn_at IS NOT NULL AS withdrawn FROM availability_slots",
    ),
  );
  checkBookings(recorder, bookings, audit, slots);
  checkSlots(recorder, slots);
  await checkMoney(store, recorder, audit);
  return recorder.asked.filter(({ answer }) => answer).length;
}

const byId = <Row extends { id: string }>(rows: Row[]) => new Map(rows.map((row) => [row.id, row]));

/** Acknowledged: exactly one effect. Refused: none, of any kind. Never answered: one at the most. */
function checkEffects(recorder: Recorder, audit: AuditRow[]): void {
  const traces = new Map<number, AuditRow[]>();
  for (const row of audit) {
    const n = Number(/^op-(\d+)-/.exec(row.request_id)?.[1]);
    traces.set(n, [...(traces.get(n) ?? []), row]);
  }
  for (const { n, kind, effect, answer } of recorder.asked) {
    const left = traces.get(n) ?? [];
    const effects = left.filter(({ action }) => action === effect).length;
    const says = `op-${n} (${kind}) left ${JSON.stringify(left.map(({ action }) => action))}`;
    if (!effect) continue;
    if (answer?.status === 200 && effects !== 1) recorder.violate(`${says}, acknowledged`);
    if (answer && answer.status !== 200 && left.length > 0) {
      recorder.violate(`${says}, refused as ${answer.reason}`);
    }
    if (!answer && effects > 1) recorder.violate(`${says}, never answered`);
  }
  for (const { n, id, nature } of recorder.events) {
    const left = (traces.get(n) ?? []).map(({ action }) => action);
    const actions = new Set(left);
    if (actions.size < left.length) recorder.violate(`event ${id} had its effect twice: ${left}`);
    if (nature === "wrongAmount") actions.delete("payment.mismatched");
    if (nature !== "true" && actions.size > 0) {
      recorder.violate(`event ${id} (${nature}) left ${[...actions].join(", ")}`);
    }
  }
}

type Held = {
  id: string;
  slotId: string;
  price: { amount: number };
  holdExpiresAt: string;
  payment: { id: string };
};
type Told = { refund: { amount: { amount: number } } | null; payment: { status: string } };

function checkBookings(
  recorder: Recorder,
  bookings: Map<string, BookingRow>,
  audit: AuditRow[],
  slots: Slots,
): void {
  const check = (asked: Asked, id: string, isSo: (row: BookingRow) => boolean, what: string) => {
    const row = bookings.get(id);
    if (row && isSo(row)) return;
    recorder.violate(`op-${asked.n} (${asked.kind}) of ${id}: ${what}; it is ${show(row)}`);
  };
  const show = (row?: BookingRow) => (row ? JSON.stringify(row) : "not there");
  for (const { asked, body } of recorder.acknowledged<Held>("booking.held")) {
    check(asked, body.id, (row) => isAsHeld(row, body, audit, slots), "not as it was held");
  }
  for (const { asked, body } of recorder.acknowledged<Told>("booking.cancelled")) {
    const { refund, payment } = body;
    const owed = refund?.amount.amount ?? 0;
    // An unpaid one may have been paid since, which is then given back.
    const isSo = (row: BookingRow) =>
      row.status === "CANCELLED" && (payment.status === "FAILED" || row.refunded === owed);
    check(asked, bookingOf(asked), isSo, `cancelled with a refund of ${owed}`);
  }
  for (const { asked, body } of recorder.acknowledged<{ slotId: string }>("booking.rescheduled")) {
    const noted = audit.find(
      ({ request_id: id, action }) =>
        id.startsWith(`op-${asked.n}-`) && action === "booking.rescheduled",
    );
    const isSo = (row: BookingRow) => row.version > 1 && noted?.detail.to === body.slotId;
    check(asked, bookingOf(asked), isSo, `moved to ${body.slotId}`);
  }
  for (const { asked, body } of recorder.acknowledged<{ holdExpiresAt: string }>(
    "booking.extended",
  )) {
    // A later move to an earlier time shortens it again.
    const isSo = (row: BookingRow) =>
      row.version > 1 || row.hold_expires_at >= new Date(body.holdExpiresAt);
    check(asked, bookingOf(asked), isSo, `extended until ${body.holdExpiresAt}`);
  }
  const AFTER: Array<[effect: string, isSo: (row: BookingRow) => boolean]> = [
    ["consultation.started", (row) => row.started],
    ["booking.completed", (row) => row.status === "COMPLETED"],
    ["booking.no_show", (row) => row.status === "NO_SHOW"],
  ];
  for (const [effect, isSo] of AFTER) {
    for (const { asked } of recorder.acknowledged(effect)) {
      check(asked, bookingOf(asked), isSo, effect);
    }
  }
}

const bookingOf = ({ path }: Asked) => path.split("/")[4] ?? "";

/** The booking as its hold was acknowledged, plus what the audit trail says was done to it since. */
function isAsHeld(row: BookingRow, held: Held, audit: AuditRow[], slots: Slots): boolean {
  const own = audit.filter(({ entity_id: id }) => id === row.id);
  const moves = own.filter(({ action }) => action === "booking.rescheduled");
  const extensions = own.filter(({ action }) => action === "booking.extended").length;
  // From the first slot to the last each move must begin where another one ended.
  const entered = [held.slotId, ...moves.map(({ detail }) => detail.to)].sort();
  const left = [row.slot_id, ...moves.map(({ detail }) => detail.from)].sort();
  // Never beyond the start of any time that it was for.
  const starts = entered.map((id) => slots.get(id ?? "")?.starts_at.getTime() ?? 0);
  const extended = Date.parse(held.holdExpiresAt) + extensions * EXTENSION_MS;
  return (
    row.payment_id === held.payment.id &&
    row.price === held.price.amount &&
    row.version === 1 + moves.length &&
    entered.join() === left.join() &&
    row.hold_extensions === extensions &&
    row.hold_expires_at.getTime() === Math.min(extended, ...starts)
  );
}

function checkSlots(recorder: Recorder, slots: Slots): void {
  type Opened = { id: string; startsAt: string; endsAt: string };
  for (const { asked, body } of recorder.acknowledged<Opened>("slot.created")) {
    const row = slots.get(body.id);
    const isSo =
      row?.starts_at.toISOString() === body.startsAt && row.ends_at.toISOString() === body.endsAt;
    if (!isSo) recorder.violate(`op-${asked.n}: slot ${body.id} is not as it was opened`);
  }
  for (const { asked } of recorder.acknowledged("slot.withdrawn")) {
    const id = asked.path.split("/").at(-1) ?? "";
    if (!slots.get(id)?.withdrawn) recorder.violate(`op-${asked.n}: slot ${id} is back`);
  }
}

/** What the gateway was told to have is captured; what was forged or wrong is not. */
async function checkMoney(store: Store, recorder: Recorder, audit: AuditRow[]): Promise<void> {
  const outcomes = new Map(
    (
      await store.sql<EventRow>(
        "SELECT event_id, outcome::text AS outcome FROM webhook_events WHERE event_id LIKE 'evt_chaos_%'",
      )
    ).map((row) => [row.event_id, row.outcome]),
  );
  const captured = new Set(
    (await store.sql<{ id: string }>("SELECT id FROM payments WHERE captured_at IS NOT NULL")).map(
      ({ id }) => id,
    ),
  );
  const captures = new Set(
    audit.flatMap(({ action, request_id: id }) =>
      action === "payment.captured" ? Number(id.split("-")[1]) : [],
    ),
  );
  for (const { n, id, type, paymentId, nature, acknowledged } of recorder.events) {
    const outcome = outcomes.get(id);
    const says = `event ${id} (${nature} ${type})`;
    if (captures.has(n) && outcome !== "APPLIED") {
      recorder.violate(`${says} captured, and is written down as ${outcome}`);
    }
    if (nature === "forged" && outcome) recorder.violate(`${says} was written down`);
    if (nature === "wrongAmount" && (outcome ?? "MISMATCH") !== "MISMATCH") {
      recorder.violate(`${says} came to ${outcome}`);
    }
    if (!acknowledged) continue;
    if (!outcome) recorder.violate(`${says} was acknowledged and is not there`);
    if (nature === "true" && type === "payment.succeeded" && !captured.has(paymentId)) {
      recorder.violate(`${says} was acknowledged, and ${paymentId} is not captured`);
    }
  }
  const charges = await store.sql<ChargeRow>(
    `SELECT c.payment_id, c.status::text AS status, p.captured_at IS NOT NULL AS captured
       FROM sandbox_charges c JOIN payments p ON p.id = c.payment_id`,
  );
  const known = new Set(charges.map(({ payment_id: id }) => id));
  for (const [paymentId] of recorder.decisions) {
    if (!known.has(paymentId)) recorder.violate(`payment ${paymentId}: a decision is lost`);
  }
  for (const { payment_id: id, status, captured: isCaptured } of charges) {
    if (status === "SUCCEEDED" && !isCaptured)
      recorder.violate(`payment ${id}: paid, not captured`);
  }
}
