import { event, inngest } from "../job-engine/client";
import { clock } from "../platform/clock";
import { deliver, notify, notifyOfRefund } from "./commands/notify";
import { remindersAhead } from "./rules";

/**
 * Reminds the patient before the start. A cancelled or moved booking ends the run; a moved one has a
 * new run. Should the end come too late, the command sees that the reminder is no longer true.
 */
export const remind = inngest.createFunction(
  {
    id: "remind",
    triggers: [event("booking/confirmed"), event("booking/rescheduled")],
    cancelOn: [
      { event: event("booking/cancelled"), match: "data.bookingId" },
      { event: event("booking/rescheduled"), match: "data.bookingId" },
    ],
  },
  async ({ event: { data }, step }) => {
    const { bookingId, version, startsAt } = data;
    // Decided once: after a sleep the first one's time is past, and its steps must stay the same.
    const ahead = await step.run("plan", () => remindersAhead(startsAt, clock.now()));
    for (const { kind, at } of ahead) {
      await step.sleepUntil(`until-${kind}`, at);
      await step.run(kind, () => notify(bookingId, kind, version));
    }
  },
);

/** Tells patient and doctor that a booking is confirmed. */
export const tellConfirmed = inngest.createFunction(
  { id: "tell-confirmed", retries: 8, triggers: [event("booking/confirmed")] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "confirmed", data.version));
  },
);

/** Tells patient and doctor of a new time, and a doctor whom the booking left. */
export const tellRescheduled = inngest.createFunction(
  { id: "tell-rescheduled", retries: 8, triggers: [event("booking/rescheduled")] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "rescheduled", data.version));
    await step.run("tell-former", () => notify(data.bookingId, "moved_away", data.version));
  },
);

/** Tells the patient that a hold ran out. */
export const tellExpired = inngest.createFunction(
  { id: "tell-expired", retries: 8, triggers: [event("booking/expired")] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "expired"));
  },
);

/** Tells that a booking is off, and the patient what is paid back. */
export const tellCancelled = inngest.createFunction(
  { id: "tell-cancelled", retries: 8, triggers: [event("booking/cancelled")] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "cancelled"));
  },
);

/** Tells the patient of a payment that came too late; other refunds are told where they come from. */
export const tellTooLate = inngest.createFunction(
  { id: "tell-paid-too-late", retries: 8, triggers: [event("payment/refund.requested")] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notifyOfRefund(data.refundId, "paid_too_late"));
  },
);

/** Tells the patient that money was paid back. */
export const tellRefunded = inngest.createFunction(
  { id: "tell-refunded", retries: 8, triggers: [event("payment/refunded")] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notifyOfRefund(data.refundId, "refunded"));
  },
);

/** Mails what is owed to someone about their account. */
export const mailAccount = inngest.createFunction(
  { id: "mail-account", retries: 8, triggers: [event("account/mail.owed")] },
  async ({ event: { data }, step }) => {
    await step.run("mail", () => deliver(data.messageId));
  },
);
