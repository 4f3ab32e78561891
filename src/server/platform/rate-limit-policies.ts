type Limit = {
  requests: number;
  seconds: number;
  /** Kept by this process alone while the shared store is away; the others let requests pass meanwhile. */
  strict: boolean;
  /** Always counted by this process alone: it protects the process, and must cost next to nothing. */
  perProcess?: boolean;
};

/** The one table of limits: how many in which window, counted by whom. */
const TABLE = {
  /** Guessing one account's password. */
  signInPerAccount: { requests: 10, seconds: 300, strict: true },
  /** The same, of a device that has signed in to the account before. */
  signInPerDevice: { requests: 10, seconds: 300, strict: true },
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
  /** A preview of thousands of slots costs more than a write. */
  previewsPerDoctor: { requests: 30, seconds: 60, strict: true },
  /** What somebody may not do. Each try costs a write. */
  refusalsPerUser: { requests: 60, seconds: 60, strict: false },
  writesPerUser: { requests: 300, seconds: 60, strict: false },
  searchPerAddress: { requests: 1200, seconds: 60, strict: false },
  /** What else needs no sign-in: a doctor, free times, the sandbox's checkout, the demo's mailbox. */
  readsPerAddress: { requests: 3000, seconds: 60, strict: false },
  /** Every request that is none of the API's: a page, or what a page links to and loads ahead of a click. */
  pagesPerAddress: { requests: 3000, seconds: 60, strict: true, perProcess: true },
  /** Scripts, styles and fonts. */
  filesPerAddress: { requests: 20_000, seconds: 60, strict: true, perProcess: true },
  /** Health, metrics and the API's description. */
  operationsPerAddress: { requests: 1200, seconds: 60, strict: true, perProcess: true },
} satisfies Record<string, Limit>;

export type Policy = keyof typeof TABLE;

/** The policies that count by the caller's address. */
export type AddressPolicy = Extract<Policy, `${string}PerAddress`>;

export const POLICIES: Record<Policy, Limit> = TABLE;
