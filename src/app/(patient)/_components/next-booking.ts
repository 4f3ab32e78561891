import type { Booking } from "@/server/bookings/schema";
import { caller } from "../../_trpc/server";

/** A time lasts four hours at most, so whatever is under way began after this. */
const LONGEST_MS = 4 * 3_600_000;
const MOST = 100;

/** The patient's held time that is soonest to be let go, else the consultation that is now or next; null for none. */
export async function nextBooking(now: number): Promise<Booking | null> {
  const api = await caller();
  const [held, confirmed] = await Promise.all([
    api.bookings.list({ status: "PENDING", limit: MOST }),
    api.bookings.list({
      status: "CONFIRMED",
      from: new Date(now - LONGEST_MS).toISOString(),
      limit: MOST,
    }),
  ]);
  const live = held.items.filter((booking) => Date.parse(booking.holdExpiresAt ?? "") > now);
  const coming = confirmed.items.filter(({ endsAt }) => Date.parse(endsAt) > now);
  const begun = coming.find(({ startsAt }) => Date.parse(startsAt) <= now);
  const soonest = (bookings: Booking[], key: "holdExpiresAt" | "startsAt") =>
    bookings.toSorted((a, b) => Date.parse(a[key] ?? "") - Date.parse(b[key] ?? ""))[0];
  return begun ?? soonest(live, "holdExpiresAt") ?? soonest(coming, "startsAt") ?? null;
}
