import { env } from "@/env";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { openTexts } from "../platform/phi";
import type { Standing } from "./rules";
import { type MailboxMessage, message } from "./schema";
import type { Facts } from "./templates";

const MOST_MESSAGES = 50;

export type Person = { userId: string; name: string; email: string; zone: string };

/** A booking with all that its messages say and whom they go to. */
export type Visit = Standing & {
  facts: Omit<Facts, "to">;
  patient: Person;
  doctor: Person;
};

/** Reads a booking as it stands now. @returns null where there is none. */
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
      // Only what was paid for has a consultation.
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

/** A doctor whom a booking left, as they are now. */
export async function readFormerDoctor(userId: string): Promise<Person | null> {
  const doctor = await db.doctor.findUnique({
    where: { userId },
    select: { name: true, timezone: true, user: { select: { email: true } } },
  });
  return doctor && { userId, name: doctor.name, email: doctor.user.email, zone: doctor.timezone };
}

/**
 * The demo's latest messages, newest first.
 * @param isLocal whether a program on this machine asks.
 * @param to whose; everybody's where it is left out.
 * @throws NOT_FOUND in production, and for callers from elsewhere.
 */
export async function readMailbox(isLocal: boolean, to?: string): Promise<MailboxMessage[]> {
  if (!env.isDemo || !isLocal) throw new AppError("NOT_FOUND");
  const rows = await db.mailboxMessage.findMany({
    where: { user: { email: to } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: MOST_MESSAGES,
  });
  const texts = await openTexts(
    rows.map(({ id, userId, content }) => ({ place: mailboxPlace(id, userId), sealed: content })),
  );
  return rows.flatMap(({ id, createdAt }, index) => {
    const text = texts[index];
    // An erased person's messages do not open any more.
    if (!text) return [];
    return [{ id, createdAt: createdAt.toISOString(), ...message.parse(JSON.parse(text)) }];
  });
}

/** Where a mailbox message's ciphertext belongs. */
export const mailboxPlace = (messageId: string, userId: string) => ({
  table: "mailbox_messages",
  column: "content",
  rowId: messageId,
  ownerId: userId,
});
