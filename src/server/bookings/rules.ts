/** Whose bookings a caller sees. It is part of each query's condition: another's booking is not found. */
export type BookingScope = { patientId: string } | { doctorId: string } | "all";

/** Whether the caller is the patient of the bookings. */
export const isPatients = (scope: BookingScope): boolean => scope !== "all" && "patientId" in scope;

type Viewer = { userId: string; role: "patient" | "doctor" | "admin" };

/** The bookings that a person may see, by role. */
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

/** One step of a cancellation policy: it holds until hours before the start, or minutes after paying. */
export type PolicyTier = { refundPercent: number } & (
  | { hoursBefore: number }
  | { minutesAfterPaying: number }
);

type Terms = {
  tiers: PolicyTier[];
  /** What an earlier reschedule left of the refund. */
  capPercent: number;
  startsAt: Date;
  /** Null before it is paid: no step that counts from there holds then. */
  paidAt: Date | null;
  now: Date;
};

type Cancellation = Terms & {
  /** The state of its consultation; null before it is paid. */
  consultation: string | null;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Until when a step holds, never beyond the start. */
function endOf(tier: PolicyTier, { startsAt, paidAt }: Terms): number {
  const start = startsAt.getTime();
  if ("hoursBefore" in tier) return start - tier.hoursBefore * HOUR;
  return paidAt ? Math.min(start, paidAt.getTime() + tier.minutesAfterPaying * MINUTE) : 0;
}

/** What the policy gives back at an instant, in percent: the best step that still holds. */
export function refundPercent(terms: Terms): number {
  const inTime = terms.tiers.filter((tier) => terms.now.getTime() <= endOf(tier, terms));
  const percent = Math.max(0, ...inTime.map((tier) => tier.refundPercent));
  return Math.min(percent, terms.capPercent);
}

/** What the policy gives back from now on: until when each share holds, soonest first, without nothing. */
export function refundSteps(terms: Terms): Array<{ until: Date; percent: number }> {
  const ends = terms.tiers.map((tier) => endOf(tier, terms));
  const ahead = [...new Set(ends)].filter((end) => end > terms.now.getTime()).sort((a, b) => a - b);
  const steps = ahead.map((end) => {
    const until = new Date(end);
    return { until, percent: refundPercent({ ...terms, now: until }) };
  });
  return steps.filter(({ percent }, n) => percent > 0 && percent !== steps[n + 1]?.percent);
}

/** For how long after paying a cancellation is free, in minutes. */
export const freeMinutes = (tiers: PolicyTier[]): number =>
  Math.max(
    0,
    ...tiers.flatMap((tier) =>
      "minutesAfterPaying" in tier && tier.refundPercent === 100 ? tier.minutesAfterPaying : [],
    ),
  );

/** Whether the time of a visit has begun, and its doctor has not started it. */
export const doctorIsLate = ({
  startsAt,
  now,
  consultation,
}: Pick<Cancellation, "startsAt" | "now" | "consultation">): boolean =>
  consultation === "SCHEDULED" && now >= startsAt;

/**
 * What a cancellation gives back, in percent: the policy's share where the patient cancels. All of it
 * for anybody else, and for a patient whose doctor is late.
 */
export const cancellationPercent = (isPatient: boolean, terms: Cancellation): number =>
  isPatient && !doctorIsLate(terms) ? refundPercent(terms) : 100;

/**
 * What a share of a price comes to, in minor units, rounded in the patient's favour. Never more than
 * what is left: some of it may have gone back already.
 */
export const refundOf = (price: number, percent: number, gone = 0): number =>
  Math.min(Math.ceil((price * percent) / 100), price - gone);
