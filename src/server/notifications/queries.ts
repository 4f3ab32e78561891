import { env } from "@/env";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { openTexts } from "../platform/phi";
import type { BookingState } from "./rules";
import { type MailboxMessage, message } from "./schema";
import type { Facts } from "./templates";

const MAX_MESSAGES = 50;

export type Person = { userId: string; name: string; email: string; zone: string };

/** A booking with the facts and the recipients of its messages. */
export type Visit = BookingState & {
  facts: Omit<Facts, "to">;
  patient: Person;
  doctor: Person;
};

/** Reads the current state of a booking. @returns null if it does not exist. */
export async function readVisit(bookingId: string): Promise<Visit | null> {
  const booking = await db.booking.findUnique({
    where: { id: bookingId },
    select: {
      status: true,
      version: true,
      startsAt: true,
      endsAt: true,
      priceAmount: true,
      currency: true,
      cancelledBy: true,
      slotId: true,
      consultation: { select: { id: true } },
      patient: {
        select: { id: true, name: true, email: true, profile: { select: { timezone: true } } },
      },
      doctor: {
        select: { name: true, timezone: true, user: { select: { id: true, email: true } } },
      },
      payment: {
        select: {
          capturedAt: true,
          refunds: {
            select: { amount: true, status: true, reason: true },
            orderBy: { createdAt: "desc" },
          },
        },
      },
    },
  });
  if (!booking) return null;
  const { patient, doctor, status, version, startsAt, endsAt, currency, cancelledBy } = booking;
  const refunds = booking.payment?.refunds ?? [];
  const refund = refunds.find(({ reason }) => reason !== "gateway") ?? null;
  const byClinic = refunds.filter(({ reason }) => reason === "gateway");
  return {
    status,
    version,
    startsAt,
    endsAt,
    refund,
    facts: {
      doctorName: doctor.name,
      startsAt,
      endsAt,
      price: { amount: booking.priceAmount, currency },
      refund: refund && { amount: refund.amount, currency },
      refundedByClinic: { amount: byClinic.reduce((sum, { amount }) => sum + amount, 0), currency },
      wasCharged: booking.payment?.capturedAt != null,
      isConfirmed: status === "CONFIRMED",
      isSlotFree: await isSlotFree(booking.slotId),
      cancelledBy,
      // Every paid booking has a consultation, and no other.
      wasConfirmed: booking.consultation !== null,
      wasPaidAfterStart: (booking.payment?.capturedAt ?? startsAt) > startsAt,
      origin: env.APP_URL,
      bookingId,
    },
    patient: {
      userId: patient.id,
      name: patient.name,
      email: patient.email,
      zone: patient.profile?.timezone ?? doctor.timezone,
    },
    doctor: {
      userId: doctor.user.id,
      name: doctor.name,
      email: doctor.user.email,
      zone: doctor.timezone,
    },
  };
}

/** Whether others can book a slot now. */
async function isSlotFree(slotId: string): Promise<boolean> {
  const free = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM availability_slots s JOIN doctors d ON d.id = s.doctor_id AND doctor_is_bookable(d)
     WHERE s.id = ${slotId}::uuid AND s.status = 'AVAILABLE' AND s.withdrawn_at IS NULL
       AND s.starts_at > app_now() + make_interval(mins => d.minimum_notice_minutes)`;
  return free.length > 0;
}

/** Reads the current name and address of a doctor from whom a booking was moved. */
export async function readFormerDoctor(userId: string): Promise<Person | null> {
  const doctor = await db.doctor.findUnique({
    where: { userId },
    select: { name: true, timezone: true, user: { select: { email: true } } },
  });
  return doctor && { userId, name: doctor.name, email: doctor.user.email, zone: doctor.timezone };
}

/**
 * Returns the latest messages of the demo's mailbox, newest first.
 * @param isLocal whether the caller is a program on this machine.
 * @param to the address whose messages are wanted; without it, all messages.
 * @throws NOT_FOUND in production, and for callers on other machines.
 */
export async function readMailbox(isLocal: boolean, to?: string): Promise<MailboxMessage[]> {
  if (!env.isDemo || !isLocal) throw new AppError("NOT_FOUND");
  const rows = await db.mailboxMessage.findMany({
    where: { user: { email: to } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: MAX_MESSAGES,
  });
  const texts = await openTexts(
    rows.map(({ id, userId, content }) => ({ place: mailboxPlace(id, userId), sealed: content })),
  );
  return rows.flatMap(({ id, createdAt }, index) => {
    const text = texts[index];
    // The messages of an erased person cannot be decrypted.
    if (!text) return [];
    return [{ id, createdAt: createdAt.toISOString(), ...message.parse(JSON.parse(text)) }];
  });
}

/** The place of a mailbox message, to which its ciphertext is bound. */
export const mailboxPlace = (messageId: string, userId: string) => ({
  table: "mailbox_messages",
  column: "content",
  rowId: messageId,
  ownerId: userId,
});
