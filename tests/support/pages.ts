import type { Page } from "playwright-core";
import { z } from "zod";
import { DEMO_PASSWORD, pay } from "./journey";
import { demoDoctors, freeSlots, rest, tokenFor } from "./rest";

export type Who = "nobody" | "patient" | "doctor" | "admin";
type Ids = { doctorId: string; held: string; paid: string; paymentId: string };

/** All pages, each with a viewer and an address. A test fails if a page is missing. */
export const PAGES: Record<string, (ids: Ids) => [Who, string]> = {
  "(patient)": () => ["nobody", "/"],
  "(patient)/doctors/(list)": () => ["nobody", "/doctors?q=dr"],
  "(patient)/doctors/[doctorId]": ({ doctorId }) => ["nobody", `/doctors/${doctorId}`],
  "(patient)/bookings/(list)": () => ["patient", "/bookings"],
  "(patient)/bookings/[bookingId]": ({ paid }) => ["patient", `/bookings/${paid}`],
  "(patient)/bookings/[bookingId]/review": ({ held }) => ["patient", `/bookings/${held}/review`],
  "(patient)/bookings/[bookingId]/reschedule": ({ paid }) => [
    "patient",
    `/bookings/${paid}/reschedule`,
  ],
  "(patient)/payments": () => ["patient", "/payments"],
  "(patient)/payments/[paymentId]": ({ paymentId }) => ["patient", `/payments/${paymentId}`],
  "(auth)/sign-in": () => ["nobody", "/sign-in"],
  "(auth)/sign-up": () => ["nobody", "/sign-up"],
  "(auth)/verify": () => ["nobody", "/verify?token=none"],
  "(auth)/forgot": () => ["nobody", "/forgot"],
  "(auth)/reset": () => ["nobody", "/reset?token=none"],
  "(info)/contact": () => ["nobody", "/contact"],
  "(info)/help": () => ["nobody", "/help"],
  "(info)/privacy": () => ["nobody", "/privacy"],
  "(info)/terms": () => ["nobody", "/terms"],
  "(doctor)/doctor": () => ["doctor", "/doctor"],
  "(doctor)/doctor/availability": () => ["doctor", "/doctor/availability"],
  "(doctor)/doctor/profile": () => ["doctor", "/doctor/profile"],
  "checkout/sandbox/[paymentId]": ({ paymentId }) => ["patient", `/checkout/sandbox/${paymentId}`],
  account: () => ["patient", "/account"],
  "account/security": () => ["patient", "/account/security"],
  "account/devices": () => ["patient", "/account/devices"],
  "account/two-step": () => ["patient", "/account/two-step"],
  "account/doctor": () => ["patient", "/account/doctor"],
  admin: () => ["admin", "/admin"],
  "admin/people": () => ["admin", "/admin/people"],
  "admin/doctors": () => ["admin", "/admin/doctors"],
  "admin/audit": () => ["admin", "/admin/audit"],
  "admin/jobs": () => ["admin", "/admin/jobs"],
  docs: () => ["nobody", "/docs"],
  "dev/mailbox": () => ["nobody", "/dev/mailbox"],
};

const held = z.object({ id: z.string(), payment: z.object({ id: z.string() }) });

/** Makes two bookings of a demo patient: a hold, and one that is paid in the browser. */
export async function makeIds(patient: Page, name = "patient"): Promise<Ids> {
  const token = await tokenFor(`${name}@demo.test`, DEMO_PASSWORD);
  const doctorId = (await demoDoctors()).at(name === "patient" ? -1 : -2)?.id ?? "";
  const free = await freeSlots(doctorId);
  const hold = (slotId = "") => rest("/bookings", held, { token, body: { slotId } });
  const paid = await hold(free.at(-1)?.id);
  await patient.goto(`/bookings/${paid.id}/review`);
  await pay(patient);
  const open = await hold(free.at(-3)?.id);
  return { doctorId, held: open.id, paid: paid.id, paymentId: paid.payment.id };
}
