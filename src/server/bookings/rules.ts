/** Whose bookings a caller sees. It stands in the `where`, so another's answers as absent. */
export type BookingScope = { patientId: string } | { doctorId: string } | "all";

type Viewer = { userId: string; role: "patient" | "doctor" | "admin" };

/** What of all bookings a person may see, by role. */
export function bookingScopeOf({ userId, role }: Viewer, doctorId: string | null): BookingScope {
  if (role === "admin") return "all";
  return role === "doctor" && doctorId ? { doctorId } : { patientId: userId };
}

/** Where a payment is made: a page of ours that belongs to the provider. */
export const checkoutUrl = (origin: string, provider: string, paymentId: string): string =>
  `${origin}/checkout/${provider}/${paymentId}`;

/** Whole years between a date of birth and another calendar day, both as YYYY-MM-DD. */
export function ageOn(day: string, dateOfBirth: string): number {
  const years = Number(day.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return day.slice(4) >= dateOfBirth.slice(4) ? years : years - 1;
}

/** One step of a cancellation policy; hours are before the start. */
export type PolicyTier = { hoursBefore: number; refundPercent: number };

type Cancellation = {
  tiers: PolicyTier[];
  /** What an earlier reschedule left of the refund. */
  capPercent: number;
  startsAt: Date;
  now: Date;
  /** The state of its consultation; null before it is paid. */
  consultation: string | null;
};

const HOUR = 3_600_000;

/** What the policy gives back at an instant, in percent: the highest tier that is still in time. */
export function refundPercent({
  tiers,
  capPercent,
  startsAt,
  now,
}: Omit<Cancellation, "consultation">): number {
  const hoursLeft = (startsAt.getTime() - now.getTime()) / HOUR;
  const inTime = tiers.filter((tier) => hoursLeft >= tier.hoursBefore);
  const percent = Math.max(0, ...inTime.map((tier) => tier.refundPercent));
  return Math.min(percent, capPercent);
}

/** Whether the time of a visit has begun, and its doctor has not started it. */
export const doctorIsLate = ({ startsAt, now, consultation }: Cancellation): boolean =>
  consultation === "SCHEDULED" && now >= startsAt;

/**
 * What a cancellation gives back, in percent: the policy's share where the patient cancels. All of it
 * for anybody else, and for a patient whose doctor is late.
 */
export const cancellationPercent = (isPatient: boolean, terms: Cancellation): number =>
  isPatient && !doctorIsLate(terms) ? refundPercent(terms) : 100;

/** A share of a price in minor units, rounded in the patient's favour. */
export const shareOf = (price: number, percent: number): number =>
  Math.ceil((price * percent) / 100);
