/**
 * The one table of limits: how many in which window, counted by whom. `strict` ones are kept by this
 * process alone while the shared store is away; the others let requests pass meanwhile.
 */
export const POLICIES = {
  /** Guessing one account's password. */
  signInPerAccount: { requests: 10, seconds: 300, strict: true },
  signInPerAddress: { requests: 120, seconds: 60, strict: true },
  /** Guessing a code once the password is known. */
  mfaPerAccount: { requests: 10, seconds: 300, strict: true },
  resetPerAddress: { requests: 30, seconds: 300, strict: true },
  resetPerAccount: { requests: 5, seconds: 900, strict: true },
  linkPerAddress: { requests: 60, seconds: 300, strict: true },
  signUpPerAddress: { requests: 120, seconds: 60, strict: true },
  refreshPerAddress: { requests: 600, seconds: 60, strict: true },
  holdsPerPatient: { requests: 60, seconds: 60, strict: true },
  /** The sandbox's pay and decline. */
  paymentsPerAddress: { requests: 120, seconds: 60, strict: true },
  /** A gateway's bursts pass; a flood of forgeries does not. */
  webhooksPerAddress: { requests: 3000, seconds: 60, strict: true },
  writesPerUser: { requests: 300, seconds: 60, strict: false },
  searchPerAddress: { requests: 1200, seconds: 60, strict: false },
} as const;

export type Policy = keyof typeof POLICIES;
