import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { z } from "zod";

/** Calls the demo over REST, for what a test does outside the browser. */
export async function rest<T>(
  path: string,
  shape: z.ZodType<T>,
  { token, body, method }: { token?: string; body?: object; method?: string } = {},
): Promise<T> {
  const response = await fetch(`${inject("baseUrl")}/api/v1${path}`, {
    method: method ?? (body ? "POST" : "GET"),
    headers: {
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return shape.parse(JSON.parse(text));
}

const tokens = z.object({ accessToken: z.string() });

/** Signs in. @returns the access token. */
export async function tokenFor(email: string, password: string): Promise<string> {
  const { accessToken } = await rest("/auth/login", tokens, { body: { email, password } });
  return accessToken;
}

const mailbox = z.object({ items: z.array(z.object({ text: z.string() })) });

/** Waits for the confirmation mail to an address and reads its code. */
export async function codeFor(email: string, origin = inject("baseUrl")): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await fetch(`${origin}/dev/mailbox.json?to=${encodeURIComponent(email)}`);
    const { items } = mailbox.parse(await answer.json());
    const code = items.flatMap(({ text }) => /\b\d{6}\b/.exec(text)?.[0] ?? [])[0];
    if (code) return code;
    await sleep(500);
  }
  throw new Error(`no code was mailed to ${email}`);
}

/** Registers a patient and confirms the address. */
export async function registerPatient(): Promise<{ email: string; password: string }> {
  const account = { email: `${randomUUID()}@example.test`, password: "a long enough secret 42" };
  const accepted = z.object({ status: z.string() });
  await rest("/auth/register", accepted, { body: { ...account, name: "Rohan Guest" } });
  const { email } = account;
  await rest("/auth/verify", tokens, { body: { email, code: await codeFor(email) } });
  return account;
}

const doctors = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

/** The first 50 doctors of the demo, by name. Each test uses other ones. */
export const demoDoctors = async () => (await rest("/doctors?sort=name&limit=50", doctors)).items;

const slots = z.object({
  items: z.array(z.object({ id: z.string(), startsAt: z.string(), status: z.string() })),
});

/** A doctor's free slots, earliest first. @param from an instant, by default now. */
export async function freeSlots(doctorId: string, from?: string) {
  const query = new URLSearchParams({ limit: "100", ...(from && { from }) });
  const { items } = await rest(`/doctors/${doctorId}/slots?${query}`, slots);
  return items.filter(({ status }) => status === "AVAILABLE");
}
