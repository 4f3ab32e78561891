import { randomUUID } from "node:crypto";
import type { Population } from "./seed";

/** A read that is measured. `requests` are sent in turn; their paths are below /api/v1. */
export type ReadCase = { name: string; requests: Array<{ path: string; token?: string }> };

/** Builds an HTTP/1.1 request. */
export function httpRequest(
  method: "GET" | "POST",
  path: string,
  headers: Record<string, string> = {},
  body = "",
): string {
  const lines = [`${method} ${path} HTTP/1.1`, "host: 127.0.0.1"];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body) lines.push("content-type: application/json", `content-length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const inDays = (days: number) =>
  encodeURIComponent(new Date(Date.now() + days * 86_400_000).toISOString());

const WORDS = ["sharma", "menon", "asha", "dermatology", "ayur", "dev khan", "card", "thomas"];
const FIELDS = ["Dermatology", "Psychiatry", "General Medicine", "Ayurveda", "Cardiology"];
const LANGUAGES = ["Hindi", "Tamil", "Marathi", "Bengali"];

/** The most frequent reads of patients, with inputs that change between requests. */
export function readCases({ doctorIds, regularTokens }: Population): ReadCase[] {
  const paths = (list: string[]) => list.map((path) => ({ path }));
  return [
    { name: "Doctor search: next available first", requests: paths(["/doctors"]) },
    {
      name: "Doctor search: by words",
      requests: paths(WORDS.map((word) => `/doctors?q=${encodeURIComponent(word)}`)),
    },
    {
      name: "Doctor search: field and language",
      requests: paths(
        FIELDS.flatMap((field) =>
          LANGUAGES.map(
            (language) =>
              `/doctors?specialization=${encodeURIComponent(field)}&language=${language}`,
          ),
        ),
      ),
    },
    {
      name: "Doctor search: cheapest, free this week",
      requests: paths(
        [60_000, 80_000, 100_000].map(
          (fee) => `/doctors?sort=fee&maxFee=${fee}&availableBefore=${inDays(5)}`,
        ),
      ),
    },
    {
      name: "A doctor's slots",
      requests: paths(doctorIds.map((id) => `/doctors/${id}/slots`)),
    },
    {
      name: "My bookings",
      requests: regularTokens.map((token) => ({ path: "/bookings", token })),
    },
  ];
}

type Booking = { patientId: string; token: string; slotId: string };

/** Returns patients with a slot each, never the same one twice. */
export function bookingsOf({ newcomers, slotIds }: Population): (count: number) => Booking[] {
  let next = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const patient = newcomers[next];
      const slotId = slotIds[next];
      next += 1;
      if (!patient || !slotId) throw new Error("Too few patients or slots were seeded.");
      return { patientId: patient.id, token: patient.token, slotId };
    });
}

/** The request to the app that holds a slot. */
export const appBooking = ({ token, slotId }: Booking) =>
  httpRequest(
    "POST",
    "/api/v1/bookings",
    { ...bearer(token), "idempotency-key": randomUUID() },
    JSON.stringify({ slotId }),
  );

/** The same request to the bare server. It names the patient, because the server has no sign-in. */
export const bareBooking = ({ patientId, slotId }: Booking) =>
  httpRequest("POST", "/bookings", {}, JSON.stringify({ slotId, patientId }));
