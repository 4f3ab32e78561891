/** Where a payment is made: a page of ours that belongs to the provider. */
export const checkoutUrl = (origin: string, provider: string, paymentId: string): string =>
  `${origin}/checkout/${provider}/${paymentId}`;

/** Whole years between a date of birth (YYYY-MM-DD) and an instant. */
export function ageAt(dateOfBirth: string, now: Date): number {
  const [year = 0, month = 0, day = 0] = dateOfBirth.split("-").map(Number);
  const hadBirthday =
    now.getUTCMonth() + 1 > month || (now.getUTCMonth() + 1 === month && now.getUTCDate() >= day);
  return now.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
}
