import { createHmac } from "node:crypto";
import { enrolTotp } from "@/server/accounts/commands/mfa";
import { startApiSession, startBrowserSession } from "@/server/accounts/commands/sign-in";
import { hashPassword } from "@/server/accounts/password";
import type { Role } from "@/server/accounts/schema";
import { sessionCookie } from "@/server/accounts/session";
import { clock } from "@/server/platform/clock";
import { inTransaction } from "@/server/platform/transaction";
import { sql } from "./database";
import { asSignedIn, makeAdmin, makeDoctor, makePatient, type Person } from "./factories";
import type { Answer, Api } from "./http";

export const PASSWORD = "a horse that staples batteries";
let hashed: Promise<string> | undefined;

/** Makes a person with PASSWORD. */
export async function makeMember(role: Role): Promise<Person> {
  const make = { patient: makePatient, doctor: makeDoctor, admin: makeAdmin };
  const person = await make[role]();
  hashed ??= hashPassword(PASSWORD);
  await sql("UPDATE users SET password_hash = $1 WHERE id = $2", [await hashed, person.id]);
  return person;
}

/** Turns on a second factor without the steps of its setup. */
export async function withFactor<P extends Person>(person: P): Promise<P> {
  await inTransaction((tx) => enrolTotp(tx, person.id, person.email));
  await sql("UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1", [person.id]);
  return person;
}

export type Tokens = { accessToken: string; refreshToken: string; refreshTokenExpiresAt: string };
export const tokensOf = (answer: Answer) => answer.body as Tokens;

/** Signs in as an API client does. */
export const login = (api: Api, email: string, otp?: string, password = PASSWORD) =>
  api.post("/auth/login", { email, password, otp }, null, { key: null });

export const refresh = (api: Api, refreshToken: string) =>
  api.post("/auth/refresh", { refreshToken }, null, { key: null });

const device = { userAgent: "tests", requestId: null, isKnown: true };

/** Signs a person in on two devices: a browser with a cookie and an API client with tokens. */
export async function makeDevices(person: Person) {
  const signedIn = await asSignedIn(person);
  const cookie = `${sessionCookie()}=${await startBrowserSession(signedIn, device)}`;
  const tokens = await startApiSession(signedIn, device);
  return {
    tokens,
    /** The status of `GET /me` from both devices. */
    async answers(api: Api): Promise<{ browser: number; api: number }> {
      const browser = await api.get("/me", null, { headers: { cookie } });
      const client = await api.get("/me", { token: tokens.accessToken });
      return { browser: browser.status, api: client.status };
    },
    viaBrowser: (api: Api, path: string, headers: Record<string, string> = {}) =>
      api.get(path, null, { headers: { cookie, ...headers } }),
  };
}

/** Sets the app's clock to the start of a 30-second time step, so that a code stays valid in a test. */
export function atTheStartOfAStep(): void {
  clock.setOffset(30_000 - (Date.now() % 30_000));
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Computes a one-time code (RFC 6238), independently of the app. @param steps from now, by the app's clock. */
export function totpCode(secret: string, steps = 0): string {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(clock.now().getTime() / 30_000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
