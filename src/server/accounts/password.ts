import { hash, verify } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";
import { env } from "@/env";
import { AppError } from "../platform/errors";

/** OWASP's second profile for argon2id: 19 MiB, two passes, one lane. Argon2id is the library's default. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** Keyboards send "é" as one character or as two. Both must be the same password. */
const normalise = (password: string) => password.normalize("NFKC");

/** Computes an argon2id hash in PHC format, which includes the salt. */
export const hashPassword = (password: string): Promise<string> => hash(normalise(password), COST);

let dummyHash: Promise<string> | undefined;

/**
 * Compares a password with a stored hash. Takes the same time if there is no hash, so that the time does
 * not show whether an account exists.
 * @returns "outdated" if the password is right, but its hash was computed without normalisation. Then the
 *   caller replaces the hash.
 */
export async function checkPassword(
  stored: string | null,
  password: string,
): Promise<"wrong" | "right" | "outdated"> {
  dummyHash ??= hashPassword("no account has this password");
  const against = stored ?? (await dummyHash);
  const isRight = await verify(against, normalise(password));
  // The condition depends on the password only, so the time shows nothing about the account.
  const isRightAsTyped = normalise(password) !== password && (await verify(against, password));
  if (stored === null || !(isRight || isRightAsTyped)) return "wrong";
  return isRight ? "right" : "outdated";
}

const breached = new Set<string>(dictionary["passwords-common"].map(String));

/** The README publishes this password of the demo. */
const DEMO_PASSWORD = "demo-password-2026";

/**
 * Removes digits and signs from the end. Guessing programs add them to common passwords, so `welcome12345!`
 * is as weak as `welcome`.
 */
const withoutSuffix = (password: string) => password.replace(/\d{0,6}[!@#$.*?]{0,3}$/, "");

const MIN_DIFFERENT_CHARACTERS = 5;

/** Whether a password has few different characters, repeats a short part, or is a run such as "abcdef". */
function isWeak(password: string): boolean {
  const letters = [...password];
  const steps = letters.slice(1).map((letter, at) => {
    return (letter.codePointAt(0) ?? 0) - (letters[at]?.codePointAt(0) ?? 0);
  });
  // A run of digits can continue from 9 to 0.
  const isRun = [1, -1].some((by) => steps.every((step) => step === by || step === by * -9));
  return (
    new Set(letters).size < MIN_DIFFERENT_CHARACTERS || /^(.{1,5})\1+$/su.test(password) || isRun
  );
}

/**
 * Refuses passwords that are easy to guess, and passwords from breaches with or without a short suffix.
 * The list of about 49,000 breached passwords is part of the app, so the app sends no password to a service.
 * @throws PASSWORD_WEAK, PASSWORD_BREACHED.
 */
export function refuseGuessable(password: string): void {
  const lower = normalise(password).toLowerCase();
  if (isWeak(lower)) throw new AppError("PASSWORD_WEAK");
  const guesses = [password, lower, withoutSuffix(lower)];
  const isKnown = guesses.some((guess) => breached.has(guess));
  if (isKnown || (lower === DEMO_PASSWORD && !env.isDemo)) throw new AppError("PASSWORD_BREACHED");
}
