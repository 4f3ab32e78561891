import { expireHolds } from "@/server/bookings/commands/expire";
import { notify } from "@/server/notifications/commands/notify";
import * as jobs from "@/server/notifications/jobs";
import { queueAccountMail } from "@/server/platform/account-mail";
import { db } from "@/server/platform/db";
import { inTransaction } from "@/server/platform/transaction";
import { makeConfirmed, makeHold } from "../../../support/bookings";
import { callerAs } from "../../../support/caller";
import { letHoldRunOut, sql } from "../../../support/database";
import { inHours, makeDoctor, makePatient, makeSlot } from "../../../support/factories";
import { deliver, gatewayEvent } from "../../../support/gateway";
import type { JobCase } from "../../../support/job-cases";
import { makeOwed } from "./payments";

const HOUR = 3_600_000;

/** The messages about a booking: for each its kind, its status and how often it arrived. */
async function messagesOf(bookingId: string, ...kinds: string[]): Promise<string[]> {
  const rows = await sql<{ line: string }>(
    `SELECT concat_ws(' ', n.kind, n.status, count(m.id)) AS line
       FROM notifications n LEFT JOIN mailbox_messages m ON m.id = n.id
      WHERE n.booking_id = $1 AND n.kind = ANY($2) AND n.status <> 'PENDING' GROUP BY n.id ORDER BY 1`,
    [bookingId, kinds],
  );
  return rows.map(({ line }) => line);
}

const erase = (...people: Array<{ id: string }>) =>
  db.dataKey.deleteMany({ where: { userId: { in: people.map(({ id }) => id) } } });

const cancelAs = ({ patient, booking }: Awaited<ReturnType<typeof makeConfirmed>>) =>
  callerAs(patient).bookings.cancel({ bookingId: booking.id });

async function makeRescheduled() {
  const made = await makeConfirmed();
  await notify(made.booking.id, "confirmed", 1);
  const slot = await makeSlot(await makeDoctor({ name: "Dr. Other" }), inHours(50));
  await callerAs(made.patient).bookings.reschedule({
    bookingId: made.booking.id,
    slotId: slot.id,
  });
  return made;
}

const VOID_REMINDERS = ["reminder_1h VOID 0", "reminder_24h VOID 0"];

async function prepareReminder() {
  const made = await makeConfirmed();
  const { id: bookingId } = made.booking;
  return {
    // The reminder of the day before is past, and that of the hour before is due soon.
    data: (sleepMs: number) => {
      const startsAt = new Date(Date.now() + HOUR + sleepMs).toISOString();
      return { bookingId, version: 1, startsAt };
    },
    effect: () => messagesOf(bookingId, "reminder_24h", "reminder_1h"),
    once: ["reminder_1h SENT 1"],
    undo: () => cancelAs(made),
    undone: VOID_REMINDERS,
  };
}

async function sleepingReminder() {
  const made = await makeConfirmed();
  const { id: bookingId } = made.booking;
  const slot = await makeSlot(made.doctor, inHours(60));
  const reschedule = () =>
    callerAs(made.patient).bookings.reschedule({ bookingId, slotId: slot.id });
  return {
    data: { bookingId, version: 1, startsAt: inHours(48).toISOString() },
    effect: () => messagesOf(bookingId, "reminder_24h", "reminder_1h"),
    ends: {
      "booking/cancelled": { happens: () => cancelAs(made), leaves: VOID_REMINDERS },
      "booking/rescheduled": { happens: reschedule, leaves: VOID_REMINDERS },
    },
  };
}

async function prepareConfirmed() {
  const made = await makeConfirmed();
  const { id: bookingId } = made.booking;
  return {
    data: () => ({ bookingId, version: 1, startsAt: inHours(24).toISOString() }),
    effect: () => messagesOf(bookingId, "confirmed"),
    once: ["confirmed SENT 1", "confirmed SENT 1"],
    undo: () => cancelAs(made),
    undone: ["confirmed VOID 0", "confirmed VOID 0"],
  };
}

async function prepareRescheduled() {
  const made = await makeRescheduled();
  const { id: bookingId } = made.booking;
  return {
    data: () => ({ bookingId, version: 2, startsAt: inHours(50).toISOString() }),
    effect: () => messagesOf(bookingId, "rescheduled", "moved_away"),
    once: ["moved_away SENT 1", "rescheduled SENT 1", "rescheduled SENT 1"],
    undo: () => cancelAs(made),
    // The former doctor has lost the booking, also if it is cancelled later.
    undone: ["moved_away SENT 1", "rescheduled VOID 0", "rescheduled VOID 0"],
  };
}

async function prepareExpired() {
  const { booking, patient } = await makeHold();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  return {
    data: () => ({ bookingId: booking.id }),
    effect: () => messagesOf(booking.id, "expired"),
    once: ["expired SENT 1"],
    undo: () => erase(patient),
    undone: ["expired VOID 0"],
  };
}

async function prepareCancelled() {
  const { booking, patient, doctor } = await makeOwed();
  return {
    data: () => ({ bookingId: booking.id }),
    effect: () => messagesOf(booking.id, "cancelled"),
    once: ["cancelled SENT 1", "cancelled SENT 1"],
    undo: () => erase(patient, doctor),
    undone: ["cancelled VOID 0", "cancelled VOID 0"],
  };
}

async function prepareTooLate() {
  const { booking, patient, payment } = await makeHold();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  await deliver(gatewayEvent("payment.succeeded", payment));
  const [refund] = await sql<{ id: string }>("SELECT id FROM refunds WHERE payment_id = $1", [
    payment.id,
  ]);
  return {
    data: () => ({ refundId: refund?.id, paymentId: payment.id }),
    effect: () => messagesOf(booking.id, "paid_too_late"),
    once: ["paid_too_late SENT 1"],
    undo: () => erase(patient),
    undone: ["paid_too_late VOID 0"],
  };
}

async function prepareRefunded() {
  const { booking, patient, payment, refundId } = await makeOwed();
  await deliver(gatewayEvent("refund.succeeded", payment));
  return {
    data: () => ({ refundId, paymentId: payment.id }),
    effect: () => messagesOf(booking.id, "refunded"),
    once: ["refunded SENT 1"],
    undo: () => erase(patient),
    undone: ["refunded VOID 0"],
  };
}

/** Makes messages whose senders died before they sent them. */
export async function prepareUnsent() {
  const made = await makeConfirmed();
  const { id: bookingId } = made.booking;
  await sql(
    `UPDATE notifications SET due_at = now() - interval '3 minutes', leased_until = now() - interval '1 minute'
      WHERE booking_id = $1 AND kind = 'confirmed'`,
    [bookingId],
  );
  return {
    effect: () => messagesOf(bookingId, "confirmed"),
    once: ["confirmed SENT 1", "confirmed SENT 1"],
    undo: () => cancelAs(made),
    undone: ["confirmed VOID 0", "confirmed VOID 0"],
  };
}

/** Makes an owed mail about an account; `undo` suspends the account. */
async function prepareAccount() {
  const { id: userId } = await makePatient();
  await inTransaction((tx) => queueAccountMail(tx, userId, "reset_password"));
  const [owed] = await sql<{ id: string }>("SELECT id FROM notifications WHERE user_id = $1", [
    userId,
  ]);
  const mails = () =>
    sql("SELECT count(*)::int AS mails FROM mailbox_messages WHERE user_id = $1", [userId]);
  return {
    data: () => ({ messageId: owed?.id }),
    effect: mails,
    once: [{ mails: 1 }],
    undo: () => sql("UPDATE users SET status = 'SUSPENDED' WHERE id = $1", [userId]),
    undone: [{ mails: 0 }],
  };
}

export const notificationCases: JobCase[] = [
  {
    fn: jobs.remind,
    event: "booking/confirmed",
    prepare: prepareReminder,
    sleeping: sleepingReminder,
  },
  { fn: jobs.tellConfirmed, event: "booking/confirmed", prepare: prepareConfirmed },
  { fn: jobs.tellRescheduled, event: "booking/rescheduled", prepare: prepareRescheduled },
  { fn: jobs.tellExpired, event: "booking/expired", prepare: prepareExpired },
  { fn: jobs.tellCancelled, event: "booking/cancelled", prepare: prepareCancelled },
  { fn: jobs.tellTooLate, event: "payment/refund.requested", prepare: prepareTooLate },
  { fn: jobs.tellRefunded, event: "payment/refunded", prepare: prepareRefunded },
  { fn: jobs.mailAccount, event: "account/mail.owed", prepare: prepareAccount },
];
