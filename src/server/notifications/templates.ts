import {
  formatLongDay,
  formatMoney,
  formatTimeRange,
  formatZone,
  type Money,
} from "../platform/format";
import type { Kind } from "./schema";

/** What a message about a booking may say. No clinical data: others may read the mail too. */
export type Facts = {
  to: { name: string; zone: string };
  doctorName: string;
  startsAt: Date;
  endsAt: Date;
  price: Money;
  /** The refund that the app owes the patient or has paid. */
  refund: Money | null;
  /** The sum of the refunds that the clinic made by hand. */
  refundedByClinic: Money;
  /** `absence`: the doctor did not come; `payment`: the payment was declined. */
  cancelledBy: "patient" | "doctor" | "admin" | "payment" | "absence" | null;
  /** Whether the patient paid, even if too late. */
  wasCharged: boolean;
  isConfirmed: boolean;
  /** Whether others can book the slot now. */
  isSlotFree: boolean;
  /** Whether the booking was confirmed, that is, paid, before it was cancelled. */
  wasConfirmed: boolean;
  /** Whether the payment came after the start of the slot. */
  wasPaidAfterStart: boolean;
  /** The public URL of the app, for links. */
  origin: string;
  bookingId: string;
};

export type Text = { subject: string; text: string };
type Template = (facts: Facts) => Text;

/** Formats the time for the recipient: "Tuesday, 24 November 2026, 9:30 – 10:00 am, India Standard Time (GMT+5:30)". */
function when({ startsAt, endsAt, to: { zone } }: Facts): string {
  const day = formatLongDay(startsAt, zone);
  return `${day}, ${formatTimeRange(startsAt, endsAt, zone)}, ${formatZone(zone, startsAt, endsAt)}`;
}

const bookingLink = ({ origin, bookingId }: Facts) => `${origin}/bookings/${bookingId}`;
const searchLink = ({ origin }: Facts) => `${origin}/doctors`;
const dayLink = ({ origin }: Facts) => `${origin}/doctor`;

const EMERGENCY = "In an emergency, call 112. Please do not wait for a consultation.";

/** Joins the paragraphs of a mail between its salutation and its signature. Null ones are left out. */
export function letter(name: string | null, paragraphs: Array<string | null>): string {
  return [name ? `Hello ${name},` : "Hello,", ...paragraphs, "Amrutam Telemedicine"]
    .filter((paragraph) => paragraph !== null)
    .join("\n\n");
}

const toPatient = (facts: Facts, subject: string, ...paragraphs: Array<string | null>): Text => ({
  subject,
  text: letter(facts.to.name, [...paragraphs, EMERGENCY]),
});

/** A mail to a doctor never names the patient. The doctor sees the name after signing in. */
const toDoctor = (facts: Facts, subject: string, ...paragraphs: string[]): Text => ({
  subject,
  text: letter(facts.to.name, [...paragraphs, `Your day: ${dayLink(facts)}`]),
});

/** Tells the patient in a sentence or two how much of a cancelled booking is refunded. */
function moneyBack({ refund, refundedByClinic, wasConfirmed }: Facts): string {
  if (refund) {
    return `${formatMoney(refund)} goes back to you the way you paid. How long it takes depends on your bank; we write again once it is on its way.`;
  }
  if (refundedByClinic.amount > 0) {
    return `The clinic has sent ${formatMoney(refundedByClinic)} back to you already. No more is refunded.`;
  }
  return wasConfirmed
    ? "Under the cancellation terms of this booking nothing is refunded."
    : "You have not been charged.";
}

/** Tells the patient why a booking is cancelled. */
function whyCancelled(facts: Facts): string {
  const which = `your consultation with ${facts.doctorName} on ${when(facts)}`;
  switch (facts.cancelledBy) {
    case "payment":
      return `The payment for ${which} did not go through, so we could not keep this time for you.`;
    case "doctor":
      return `${facts.doctorName} had to cancel ${which}. We are sorry.`;
    case "admin":
      return `We had to cancel ${which}. We are sorry.`;
    case "absence":
      return `${facts.doctorName} did not start ${which}, so it did not take place. We are sorry.`;
    default:
      return `As you asked, ${which} is cancelled.`;
  }
}

function subjectOfCancelled({ cancelledBy, doctorName }: Facts): string {
  if (cancelledBy === "payment") return "Your payment did not go through";
  if (cancelledBy === "absence") return `${doctorName} did not come`;
  return `Cancelled: your consultation with ${doctorName}`;
}

const FOR_PATIENT: Partial<Record<Kind, Template>> = {
  confirmed: (facts) =>
    toPatient(
      facts,
      `Confirmed: your consultation with ${facts.doctorName}`,
      `Your consultation with ${facts.doctorName} is confirmed: ${when(facts)}.`,
      `You paid ${formatMoney(facts.price)}. Until the start you can move it to another time or cancel it here: ${bookingLink(facts)}`,
    ),
  rescheduled: (facts) =>
    toPatient(
      facts,
      `New time: your consultation with ${facts.doctorName}`,
      `Your consultation with ${facts.doctorName} has a new time: ${when(facts)}.`,
      `Your payment stays as it is. Your booking: ${bookingLink(facts)}`,
    ),
  expired: (facts) =>
    toPatient(
      facts,
      "Your hold ran out",
      `We held a time with ${facts.doctorName} for you, on ${when(facts)}. The hold ran out before a payment arrived, so the time is no longer yours.`,
      facts.wasCharged ? null : "You have not been charged.",
      `Pick another time: ${searchLink(facts)}`,
    ),
  cancelled: (facts) =>
    toPatient(
      facts,
      subjectOfCancelled(facts),
      whyCancelled(facts),
      moneyBack(facts),
      `Pick another time: ${searchLink(facts)}`,
    ),
  paid_too_late: (facts) =>
    toPatient(
      facts,
      "Your payment came too late and goes back to you",
      `Your payment for a consultation with ${facts.doctorName} on ${when(facts)} reached us ${facts.wasPaidAfterStart ? "after the time had begun" : "when the time was no longer held for you"}. The consultation is not booked.`,
      `${formatMoney(facts.refund ?? facts.price)} goes back to you, all that you paid, the way you paid it.`,
      `Pick another time: ${searchLink(facts)}`,
    ),
  refunded: (facts) =>
    toPatient(
      facts,
      `Refund: ${formatMoney(facts.refund ?? facts.price)}`,
      `We have sent ${formatMoney(facts.refund ?? facts.price)} back to you for your booking with ${facts.doctorName}, the way you paid. How soon you see it depends on your bank.`,
      `Your booking: ${bookingLink(facts)}`,
    ),
  refunded_by_clinic: (facts) =>
    toPatient(
      facts,
      "Refund from the clinic",
      `The clinic has sent money back to you for your booking with ${facts.doctorName}, the way you paid: in all ${formatMoney(facts.refundedByClinic)} of the ${formatMoney(facts.price)} that you paid. How soon you see it depends on your bank.`,
      facts.isConfirmed ? `Your consultation stays as it is: ${when(facts)}.` : null,
      `Your booking: ${bookingLink(facts)}`,
    ),
  reminder_24h: (facts) => reminder(facts, "Coming up"),
  reminder_1h: (facts) => reminder(facts, "Starting soon"),
};

function reminder(facts: Facts, soon: string): Text {
  return toPatient(
    facts,
    `${soon}: your consultation with ${facts.doctorName}`,
    `Your consultation with ${facts.doctorName} is on ${when(facts)}.`,
    `Your booking: ${bookingLink(facts)}`,
  );
}

/** Tells the doctor who cancelled, and what happens to the money and to the time. */
function whatWasCancelled(facts: Facts): string[] {
  const which = `your consultation on ${when(facts)}`;
  const time = facts.isSlotFree ? ["The time is free for others."] : [];
  switch (facts.cancelledBy) {
    case "doctor":
      return [`As you asked, ${which} is cancelled. The patient gets all of the money back.`];
    case "absence":
      return [
        `You did not start ${which}. It counts as missed, and the patient gets all of the money back.`,
      ];
    case "admin":
      return [`The clinic cancelled ${which}. The patient gets all of the money back.`, ...time];
    default:
      return [`The patient cancelled ${which}.`, ...time];
  }
}

const FOR_DOCTOR: Partial<Record<Kind, Template>> = {
  confirmed: (facts) =>
    toDoctor(facts, "A new consultation", `You have a new consultation: ${when(facts)}.`),
  rescheduled: (facts) =>
    toDoctor(
      facts,
      "A consultation has a new time",
      `A patient moved a consultation with you. It is now on ${when(facts)}.`,
    ),
  cancelled: (facts) =>
    toDoctor(
      facts,
      facts.cancelledBy === "absence" ? "A consultation was missed" : "A consultation is cancelled",
      ...whatWasCancelled(facts),
    ),
};

/** For the doctor from whom a booking was moved to another doctor. */
const FOR_FORMER_DOCTOR: Partial<Record<Kind, Template>> = {
  moved_away: (facts) =>
    toDoctor(
      facts,
      "A consultation was moved away",
      "A patient moved a consultation from you to another doctor. It is no longer in your day.",
    ),
};

export type Audience = "patient" | "doctor" | "formerDoctor";

/** The texts about bookings, by audience. An audience gets no mail of a kind that it has no text for. */
export const TEMPLATES: Record<Audience, Partial<Record<Kind, Template>>> = {
  patient: FOR_PATIENT,
  doctor: FOR_DOCTOR,
  formerDoctor: FOR_FORMER_DOCTOR,
};
