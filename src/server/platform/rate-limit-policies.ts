type RateLimit = {
  requests: number;
  seconds: number;
  /** While the shared store is unreachable: strict limits are counted in this process, others not at all. */
  strict: boolean;
  /** Always counted in this process, without the shared store: it protects the process at little cost. */
  perProcess?: boolean;
};

/** All rate limits: how many requests in how many seconds. */
const TABLE = {
  /** Guesses of one account's password, from unknown devices. */
  signInPerAccount: { requests: 10, seconds: 300, strict: true },
  /** The same from one device that has signed in to the account before. */
  signInPerDevice: { requests: 10, seconds: 300, strict: true },
  signInPerAddress: { requests: 120, seconds: 60, strict: true },
  /** Guesses of a code by a caller who knows the password. */
  mfaPerAccount: { requests: 10, seconds: 300, strict: true },
  resetPerAddress: { requests: 30, seconds: 300, strict: true },
  resetPerAccount: { requests: 5, seconds: 900, strict: true },
  linkPerAddress: { requests: 60, seconds: 300, strict: true },
  signUpPerAddress: { requests: 120, seconds: 60, strict: true },
  refreshPerAddress: { requests: 600, seconds: 60, strict: true },
  holdsPerPatient: { requests: 60, seconds: 60, strict: true },
  /** Paying and declining in the sandbox. */
  paymentsPerAddress: { requests: 120, seconds: 60, strict: true },
  /** High enough for a gateway's bursts, but not for a flood of forged webhooks. */
  webhooksPerAddress: { requests: 3000, seconds: 60, strict: true },
  /** A preview of thousands of slots costs more than a write. */
  previewsPerDoctor: { requests: 30, seconds: 60, strict: true },
  /** Refused calls. Each one writes an audit entry. */
  refusalsPerUser: { requests: 60, seconds: 60, strict: false },
  writesPerUser: { requests: 300, seconds: 60, strict: false },
  searchPerAddress: { requests: 1200, seconds: 60, strict: false },
  /** Other reads without a sign-in: a doctor, free times, the sandbox's checkout, the demo's mailbox. */
  readsPerAddress: { requests: 3000, seconds: 60, strict: false },
  /** Requests for pages, including those that Next loads ahead of a click. */
  pagesPerAddress: { requests: 3000, seconds: 60, strict: true, perProcess: true },
  /** Scripts, styles and fonts. */
  filesPerAddress: { requests: 20_000, seconds: 60, strict: true, perProcess: true },
  /** Health, metrics and the API's description. */
  operationsPerAddress: { requests: 1200, seconds: 60, strict: true, perProcess: true },
} satisfies Record<string, RateLimit>;

export type Policy = keyof typeof TABLE;

/** The rate limits that count by the caller's address. */
export type AddressPolicy = Extract<Policy, `${string}PerAddress`>;

export const POLICIES: Record<Policy, RateLimit> = TABLE;
