import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { sha256 } from "../platform/crypto";
import { enforceRateLimit } from "../platform/rate-limit";

/** How long a device token is valid. */
const DAYS = 400;
/** The cookie of a browser that several people share keeps the tokens of this many accounts. */
const MAX_TOKENS = 5;
const DAY_MS = 24 * 3600 * 1000;

/** `__Host-` binds the cookie to this origin. Browsers accept such a cookie only over HTTPS. */
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

/** Creates a signed token: it shows that a device has signed in to the account. The server stores nothing. */
export function newDeviceToken(email: string): string {
  const day = Math.floor(clock.now().getTime() / DAY_MS);
  const device = `${day}-${randomBytes(12).toString("base64url")}`;
  return `${device}.${macOf(email, device)}`;
}

/**
 * Finds the device that has signed in to the account before.
 * @param tokens the device tokens of the request, separated by "~".
 * @returns the id of the device; null if no token is valid for the account.
 */
export function knownDevice(email: string, tokens: string | null | undefined): string | null {
  for (const token of (tokens ?? "").split("~").slice(0, MAX_TOKENS)) {
    const [device = "", mac = ""] = token.split(".");
    const isOurs = timingSafeEqual(sha256(mac), sha256(macOf(email, device)));
    const age = clock.now().getTime() / DAY_MS - Number(device.split("-")[0]);
    if (isOurs && age <= DAYS) return device;
  }
  return null;
}

/** Adds a token for the account to the tokens of a browser, newest first. */
export const withDevice = (tokens: string | null, email: string): string =>
  [newDeviceToken(email), ...(tokens ?? "").split("~").filter(Boolean)]
    .slice(0, MAX_TOKENS)
    .join("~");

/**
 * Applies the rate limit to a sign-in. A known device has its own count: a stranger who guesses passwords
 * cannot block the owner of the account.
 * @returns whether the device is known. @throws RATE_LIMITED.
 */
export async function limitSignIn(email: string, tokens: string | null | undefined) {
  const device = knownDevice(email, tokens);
  if (device) await enforceRateLimit("signInPerDevice", `${email} ${device}`);
  else await enforceRateLimit("signInPerAccount", email);
  return device !== null;
}
