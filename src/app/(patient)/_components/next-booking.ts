import type { Booking } from "@/server/bookings/schema";
import { caller } from "../../_trpc/server";

/** A slot lasts at most four hours, so a current consultation started less than this ago. */
const MAX_SLOT_MS = 4 * 3_600_000;
const PAGE_SIZE = 100;

/**
 * Returns the consultation that takes place now, otherwise the hold that ends soonest, otherwise the next
 * consultation; null if there is none.
 */
export async function nextBooking(now: number): Promise<Booking | null> {
  const api = await caller();
  const [held, confirmed] = await Promise.all([
    api.bookings.list({ status: "PENDING", limit: PAGE_SIZE }),
    api.bookings.list({
      status: "CONFIRMED",
      from: new Date(now - MAX_SLOT_MS).toISOString(),
      limit: PAGE_SIZE,
    }),
  ]);
  const live = held.items.filter((booking) => Date.parse(booking.holdExpiresAt ?? "") > now);
  const coming = confirmed.items.filter(({ endsAt }) => Date.parse(endsAt) > now);
  const begun = coming.find(({ startsAt }) => Date.parse(startsAt) <= now);
  const soonest = (bookings: Booking[], key: "holdExpiresAt" | "startsAt") =>
    bookings.toSorted((a, b) => Date.parse(a[key] ?? "") - Date.parse(b[key] ?? ""))[0];
  return begun ?? soonest(live, "holdExpiresAt") ?? soonest(coming, "startsAt") ?? null;
}
