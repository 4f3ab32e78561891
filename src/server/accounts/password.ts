import { hash, verify } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";
import { env } from "@/env";
import { AppError } from "../platform/errors";

/** OWASP's second argon2id profile: 19 MiB, two passes, one lane. Argon2id is the library's default. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** One form for what looks the same: keyboards send "é" as one character or as two. */
const normal = (password: string) => password.normalize("NFKC");

/** An argon2id hash in PHC form, its salt included. */
export const hashPassword = (password: string): Promise<string> => hash(normal(password), COST);

let decoy: Promise<string> | undefined;

/**
 * Compares in the same time whether or not there is a hash to compare with.
 * @returns "outdated" for a hash from before passwords were normalised, which is to be replaced.
 */
export async function checkPassword(
  stored: string | null,
  password: string,
): Promise<"wrong" | "right" | "outdated"> {
  decoy ??= hashPassword("no account has this password");
  const against = stored ?? (await decoy);
  const isRight = await verify(against, normal(password));
  // Depends on what was typed alone, so that the work tells nothing about the account.
  const asTyped = normal(password) !== password && (await verify(against, password));
  if (stored === null || !(isRight || asTyped)) return "wrong";
  return isRight ? "right" : "outdated";
}

const breached = new Set<string>(dictionary["passwords-common"].map(String));

/** The demo's password is written in its README. */
const DEMO = "demo-password-2026";

/** `welcome12345!` is `welcome` to whoever guesses: a short tail of digits and signs hides nothing. */
const withoutTail = (password: string) => password.replace(/\d{0,6}[!@#$.*?]{0,3}$/, "");

const FEWEST_CHARACTERS = 5;

/** Few characters, a short piece again and again, or a run along the alphabet or the digits. */
function isEasy(password: string): boolean {
  const letters = [...password];
  const steps = letters.slice(1).map((letter, at) => {
    return (letter.codePointAt(0) ?? 0) - (letters[at]?.codePointAt(0) ?? 0);
  });
  // From 9 the digits go on with 0.
  const isRun = [1, -1].some((by) => steps.every((step) => step === by || step === by * -9));
  return new Set(letters).size < FEWEST_CHARACTERS || /^(.{1,5})\1+$/su.test(password) || isRun;
}

/**
 * Refuses passwords that are easy to guess, and those that are known from breaches, as they are or with
 * a short tail: about 49,000, shipped with the app, so that no password ever leaves it to be looked up.
 * @throws PASSWORD_WEAK, PASSWORD_BREACHED.
 */
export function refuseGuessable(password: string): void {
  const lower = normal(password).toLowerCase();
  if (isEasy(lower)) throw new AppError("PASSWORD_WEAK");
  const guesses = [password, lower, withoutTail(lower)];
  const isKnown = guesses.some((guess) => breached.has(guess));
  if (isKnown || (lower === DEMO && !env.isDemo)) throw new AppError("PASSWORD_BREACHED");
}
