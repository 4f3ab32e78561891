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

/** Builds the address of our page that leads to the provider's checkout. */
export const checkoutUrl = (origin: string, provider: string, paymentId: string): string =>
  `${origin}/checkout/${provider}/${paymentId}`;

/** Counts the whole years from a date of birth to another day, both as YYYY-MM-DD. */
export function ageOn(day: string, dateOfBirth: string): number {
  const years = Number(day.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return day.slice(4) >= dateOfBirth.slice(4) ? years : years - 1;
}

/** One step of a cancellation policy. It applies until some hours before the start, or minutes after the payment. */
export type PolicyTier = { refundPercent: number } & (
  | { hoursBefore: number }
  | { minutesAfterPaying: number }
);

type Terms = {
  tiers: PolicyTier[];
  /** The highest share that can be refunded: an earlier reschedule may have lowered it. */
  capPercent: number;
  startsAt: Date;
  /** Null before the payment: steps that count from it do not apply then. */
  paidAt: Date | null;
  now: Date;
};

type Cancellation = Terms & {
  /** The state of the consultation; null before the payment. */
  consultation: string | null;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Computes until when a step applies, at most until the start. Milliseconds since the epoch. */
function endOf(tier: PolicyTier, { startsAt, paidAt }: Terms): number {
  const start = startsAt.getTime();
  if ("hoursBefore" in tier) return start - tier.hoursBefore * HOUR;
  return paidAt ? Math.min(start, paidAt.getTime() + tier.minutesAfterPaying * MINUTE) : 0;
}

/** Computes the refund at an instant, in percent: the best step that still applies. */
export function refundPercent(terms: Terms): number {
  const inTime = terms.tiers.filter((tier) => terms.now.getTime() <= endOf(tier, terms));
  const percent = Math.max(0, ...inTime.map((tier) => tier.refundPercent));
  return Math.min(percent, terms.capPercent);
}

/** Lists the shares that apply from now on and until when, soonest first. Shares of nothing are left out. */
export function refundSteps(terms: Terms): Array<{ until: Date; percent: number }> {
  const ends = terms.tiers.map((tier) => endOf(tier, terms));
  const ahead = [...new Set(ends)].filter((end) => end > terms.now.getTime()).sort((a, b) => a - b);
  const steps = ahead.map((end) => {
    const until = new Date(end);
    return { until, percent: refundPercent({ ...terms, now: until }) };
  });
  return steps.filter(({ percent }, n) => percent > 0 && percent !== steps[n + 1]?.percent);
}

/** Computes for how many minutes after the payment a cancellation is free. */
export const freeMinutes = (tiers: PolicyTier[]): number =>
  Math.max(
    0,
    ...tiers.flatMap((tier) =>
      "minutesAfterPaying" in tier && tier.refundPercent === 100 ? tier.minutesAfterPaying : [],
    ),
  );

/** Whether the start has passed and the doctor has not started the consultation. */
export const doctorIsLate = ({
  startsAt,
  now,
  consultation,
}: Pick<Cancellation, "startsAt" | "now" | "consultation">): boolean =>
  consultation === "SCHEDULED" && now >= startsAt;

/**
 * Computes the refund of a cancellation, in percent: the policy's share if the patient cancels, and all of
 * it if somebody else does or if the doctor is late.
 */
export const cancellationPercent = (isPatient: boolean, terms: Cancellation): number =>
  isPatient && !doctorIsLate(terms) ? refundPercent(terms) : 100;

/**
 * Computes a share of a price, in minor units, rounded up in the patient's favour.
 * @param gone what was refunded already; the result is at most what is left.
 */
export const refundOf = (price: number, percent: number, gone = 0): number =>
  Math.min(Math.ceil((price * percent) / 100), price - gone);
