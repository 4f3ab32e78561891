import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { sha256 } from "../platform/crypto";
import { enforceRateLimit } from "../platform/rate-limit";

/** A device is remembered for so long after it was new. */
const DAYS = 400;
/** A browser that several people share remembers this many accounts. */
const MOST_TOKENS = 5;
const DAY_MS = 24 * 3600 * 1000;

/** `__Host-` pins the cookie to this origin; browsers accept it over HTTPS alone. */
export const deviceCookie = () => ({
  name: env.APP_URL.startsWith("https:") ? "__Host-amrutam-device" : "amrutam-device",
  httpOnly: true,
  sameSite: "lax" as const,
  path: "/",
  secure: env.APP_URL.startsWith("https:"),
  maxAge: (DAYS * DAY_MS) / 1000,
});

function macOf(email: string, device: string): string {
  const key = Buffer.from(hkdfSync("sha256", env.AUTH_SECRET, "", "device tokens", 32));
  return createHmac("sha256", key).update(`${email} ${device}`).digest("base64url");
}

/** What a device keeps that has signed in to an account: signed, so that nothing has to be stored. */
export function newDeviceToken(email: string): string {
  const day = Math.floor(clock.now().getTime() / DAY_MS);
  const device = `${day}-${randomBytes(12).toString("base64url")}`;
  return `${device}.${macOf(email, device)}`;
}

/** The device that has signed in to the account before, out of the tokens that it sends; null for none. */
export function knownDevice(email: string, tokens: string | null | undefined): string | null {
  for (const token of (tokens ?? "").split("~").slice(0, MOST_TOKENS)) {
    const [device = "", mac = ""] = token.split(".");
    const isOurs = timingSafeEqual(sha256(mac), sha256(macOf(email, device)));
    const age = clock.now().getTime() / DAY_MS - Number(device.split("-")[0]);
    if (isOurs && age <= DAYS) return device;
  }
  return null;
}

/** The tokens of a browser after one more sign-in, newest first. */
export const withDevice = (tokens: string | null, email: string): string =>
  [newDeviceToken(email), ...(tokens ?? "").split("~").filter(Boolean)]
    .slice(0, MOST_TOKENS)
    .join("~");

/**
 * Counts one try to sign in. A device that has signed in before has a count of its own, so that a
 * stranger who guesses does not keep the owner out.
 * @returns whether the device is known. @throws RATE_LIMITED.
 */
export async function limitSignIn(email: string, tokens: string | null | undefined) {
  const device = knownDevice(email, tokens);
  if (device) await enforceRateLimit("signInPerDevice", `${email} ${device}`);
  else await enforceRateLimit("signInPerAccount", email);
  return device !== null;
}
