import { hash, verify } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";
import { AppError } from "../platform/errors";

/** OWASP's second argon2id profile: 19 MiB, two passes, one lane. Argon2id is the library's default. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** An argon2id hash in PHC form, its salt included. */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

let decoy: Promise<string> | undefined;

/** Compares in the same time whether or not there is a hash to compare with. */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword("no account has this password");
  const matches = await verify(stored ?? (await decoy), password);
  return stored !== null && matches;
}

const breached = new Set<string>(dictionary["passwords-common"].map(String));

/** `welcome12345!` is `welcome` to whoever guesses: a short tail of digits and signs hides nothing. */
const withoutTail = (password: string) => password.replace(/\d{0,6}[!@#$.*?]{0,3}$/, "");

/**
 * Refuses passwords that are known from breaches, as they are or with a short tail: about 49,000,
 * shipped with the app, so that no password ever leaves it to be looked up.
 * @throws PASSWORD_BREACHED.
 */
export function refuseBreached(password: string): void {
  const lower = password.toLowerCase();
  const guesses = [password, lower, withoutTail(lower)];
  if (guesses.some((guess) => breached.has(guess))) throw new AppError("PASSWORD_BREACHED");
}
