import type { Recorder, SentWrite } from "./record";
import type { Store } from "./store";

// Compares the database with the answers of a run: each acknowledged write must be there exactly once.

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

/** Compares all recorded answers with the database. @returns how many answers it compared. */
export async function verify(store: Store, recorder: Recorder): Promise<number> {
  const audit = await store.sql<AuditRow>(
    `SELECT request_id, action, entity_id, detail FROM audit_logs WHERE request_id LIKE 'op-%'`,
  );
  const bookings = byId(
    await store.sql<BookingRow>(
      `SELECT b.id, b.status::text AS status, b.patient_id, b.slot_id, b.version,
              b.price_amount AS price, b.hold_expires_at, b.hold_extensions, p.id AS payment_id,
              p.captured_at IS NOT NULL AS captured,
              -- The answer of a cancellation does not include refunds that were made by hand.
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
  return recorder.sent.filter(({ answer }) => answer).length;
}

const byId = <Row extends { id: string }>(rows: Row[]) => new Map(rows.map((row) => [row.id, row]));

/** Checks that acknowledged writes have one effect, refused writes none, and unanswered writes at most one. */
function checkEffects(recorder: Recorder, audit: AuditRow[]): void {
  const traces = new Map<number, AuditRow[]>();
  for (const row of audit) {
    const n = Number(/^op-(\d+)-/.exec(row.request_id)?.[1]);
    traces.set(n, [...(traces.get(n) ?? []), row]);
  }
  for (const { n, kind, effect, answer } of recorder.sent) {
    const left = traces.get(n) ?? [];
    const effects = left.filter(({ action }) => action === effect).length;
    const what = `op-${n} (${kind}) left ${JSON.stringify(left.map(({ action }) => action))}`;
    if (!effect) continue;
    if (answer?.status === 200 && effects !== 1) recorder.recordViolation(`${what}, acknowledged`);
    if (answer && answer.status !== 200 && left.length > 0) {
      recorder.recordViolation(`${what}, refused as ${answer.reason}`);
    }
    if (!answer && effects > 1) recorder.recordViolation(`${what}, never answered`);
  }
  for (const { n, id, nature } of recorder.events) {
    const left = (traces.get(n) ?? []).map(({ action }) => action);
    const actions = new Set(left);
    if (actions.size < left.length)
      recorder.recordViolation(`event ${id} had its effect twice: ${left}`);
    if (nature === "wrongAmount") actions.delete("payment.mismatched");
    if (nature !== "genuine" && actions.size > 0) {
      recorder.recordViolation(`event ${id} (${nature}) left ${[...actions].join(", ")}`);
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
type Cancelled = { refund: { amount: { amount: number } } | null; payment: { status: string } };

function checkBookings(
  recorder: Recorder,
  bookings: Map<string, BookingRow>,
  audit: AuditRow[],
  slots: Slots,
): void {
  const check = (
    sent: SentWrite,
    id: string,
    holds: (row: BookingRow) => boolean,
    what: string,
  ) => {
    const row = bookings.get(id);
    if (row && holds(row)) return;
    recorder.recordViolation(`op-${sent.n} (${sent.kind}) of ${id}: ${what}; it is ${show(row)}`);
  };
  const show = (row?: BookingRow) => (row ? JSON.stringify(row) : "missing");
  for (const { sent, body } of recorder.acknowledged<Held>("booking.held")) {
    check(
      sent,
      body.id,
      (row) => isAsHeld(row, body, audit, slots),
      "differs from the acknowledged hold",
    );
  }
  for (const { sent, body } of recorder.acknowledged<Cancelled>("booking.cancelled")) {
    const { refund, payment } = body;
    const owed = refund?.amount.amount ?? 0;
    // An unpaid booking may have been paid after its cancellation, and was then refunded.
    const holds = (row: BookingRow) =>
      row.status === "CANCELLED" && (payment.status === "FAILED" || row.refunded === owed);
    check(sent, bookingOf(sent), holds, `cancelled with a refund of ${owed}`);
  }
  for (const { sent, body } of recorder.acknowledged<{ slotId: string }>("booking.rescheduled")) {
    const noted = audit.find(
      ({ request_id: id, action }) =>
        id.startsWith(`op-${sent.n}-`) && action === "booking.rescheduled",
    );
    const holds = (row: BookingRow) => row.version > 1 && noted?.detail.to === body.slotId;
    check(sent, bookingOf(sent), holds, `moved to ${body.slotId}`);
  }
  for (const { sent, body } of recorder.acknowledged<{ holdExpiresAt: string }>(
    "booking.extended",
  )) {
    // A later move to an earlier slot shortens the hold again.
    const holds = (row: BookingRow) =>
      row.version > 1 || row.hold_expires_at >= new Date(body.holdExpiresAt);
    check(sent, bookingOf(sent), holds, `extended until ${body.holdExpiresAt}`);
  }
  const AFTER: Array<[effect: string, holds: (row: BookingRow) => boolean]> = [
    ["consultation.started", (row) => row.started],
    ["booking.completed", (row) => row.status === "COMPLETED"],
    ["booking.no_show", (row) => row.status === "NO_SHOW"],
  ];
  for (const [effect, holds] of AFTER) {
    for (const { sent } of recorder.acknowledged(effect)) {
      check(sent, bookingOf(sent), holds, effect);
    }
  }
}

const bookingOf = ({ path }: SentWrite) => path.split("/")[4] ?? "";

/** Whether a booking is as its hold was acknowledged, plus the later changes in the audit log. */
function isAsHeld(row: BookingRow, held: Held, audit: AuditRow[], slots: Slots): boolean {
  const own = audit.filter(({ entity_id: id }) => id === row.id);
  const moves = own.filter(({ action }) => action === "booking.rescheduled");
  const extensions = own.filter(({ action }) => action === "booking.extended").length;
  // The moves form a path from the first slot to the last slot.
  const entered = [held.slotId, ...moves.map(({ detail }) => detail.to)].sort();
  const left = [row.slot_id, ...moves.map(({ detail }) => detail.from)].sort();
  // The hold ends before the start of each slot that the booking had.
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
  for (const { sent, body } of recorder.acknowledged<Opened>("slot.created")) {
    const row = slots.get(body.id);
    const holds =
      row?.starts_at.toISOString() === body.startsAt && row.ends_at.toISOString() === body.endsAt;
    if (!holds)
      recorder.recordViolation(`op-${sent.n}: slot ${body.id} differs from the acknowledged slot`);
  }
  for (const { sent } of recorder.acknowledged("slot.withdrawn")) {
    const id = sent.path.split("/").at(-1) ?? "";
    if (!slots.get(id)?.withdrawn)
      recorder.recordViolation(`op-${sent.n}: slot ${id} is no longer withdrawn`);
  }
}

/** Checks that acknowledged payments are captured, and that forged and wrong events capture nothing. */
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
    const what = `event ${id} (${nature} ${type})`;
    if (captures.has(n) && outcome !== "APPLIED") {
      recorder.recordViolation(`${what} captured the payment, but is recorded as ${outcome}`);
    }
    if (nature === "forged" && outcome) recorder.recordViolation(`${what} was recorded`);
    if (nature === "wrongAmount" && (outcome ?? "MISMATCH") !== "MISMATCH") {
      recorder.recordViolation(`${what} is recorded as ${outcome}`);
    }
    if (!acknowledged) continue;
    if (!outcome) recorder.recordViolation(`${what} was acknowledged but is not recorded`);
    if (nature === "genuine" && type === "payment.succeeded" && !captured.has(paymentId)) {
      recorder.recordViolation(`${what} was acknowledged, but ${paymentId} is not captured`);
    }
  }
  const charges = await store.sql<ChargeRow>(
    `SELECT c.payment_id, c.status::text AS status, p.captured_at IS NOT NULL AS captured
       FROM sandbox_charges c JOIN payments p ON p.id = c.payment_id`,
  );
  const known = new Set(charges.map(({ payment_id: id }) => id));
  for (const [paymentId] of recorder.decisions) {
    if (!known.has(paymentId))
      recorder.recordViolation(`payment ${paymentId}: the decision is lost`);
  }
  for (const { payment_id: id, status, captured: isCaptured } of charges) {
    if (status === "SUCCEEDED" && !isCaptured)
      recorder.recordViolation(`payment ${id}: paid but not captured`);
  }
}
