import { createJob } from "../job-engine/create-job";
import { db } from "../platform/db";
import { expireHolds } from "./commands/expire";

/** How long to wait if another transaction has locked the booking when its hold ends. */
const IN_OTHER_HANDS = "5 seconds";

/** Finds when to check a booking again: the end of its extended hold. Null if it is no longer PENDING. */
async function nextLook(bookingId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<Array<{ at: Date }>>`
    SELECT greatest(hold_expires_at, app_now() + ${IN_OTHER_HANDS}::interval) AS at
      FROM bookings WHERE id = ${bookingId}::uuid AND status = 'PENDING'`;
  return row?.at.toISOString() ?? null;
}

/** Ends a hold, with all its extensions, unless it was paid. */
export const expireUnpaidBooking = createJob(
  {
    id: "expire-unpaid-booking",
    events: ["booking/held"],
    cancelOn: ["booking/confirmed"],
  },
  async ({ event: { data }, step }) => {
    let lookAt: string | null = data.holdExpiresAt;
    for (let look = 1; lookAt; look++) {
      await step.sleepUntil(`hold-${look}`, lookAt);
      lookAt = await step.run(`expire-${look}`, async () => {
        const expired = await expireHolds({ bookingId: data.bookingId });
        return expired > 0 ? null : nextLook(data.bookingId);
      });
    }
  },
);
