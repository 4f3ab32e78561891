/** The one table of limits: how many in which window, counted by whom. */
export const POLICIES = {
  /** Guessing one account's password. */
  signInPerAccount: { requests: 10, seconds: 300 },
  signInPerAddress: { requests: 120, seconds: 60 },
  /** Guessing a code once the password is known. */
  mfaPerAccount: { requests: 10, seconds: 300 },
  resetPerAddress: { requests: 30, seconds: 300 },
  resetPerAccount: { requests: 5, seconds: 900 },
  linkPerAddress: { requests: 60, seconds: 300 },
  signUpPerAddress: { requests: 120, seconds: 60 },
  refreshPerAddress: { requests: 600, seconds: 60 },
  holdsPerPatient: { requests: 60, seconds: 60 },
  writesPerUser: { requests: 300, seconds: 60 },
  searchPerAddress: { requests: 1200, seconds: 60 },
} as const;

export type Policy = keyof typeof POLICIES;
