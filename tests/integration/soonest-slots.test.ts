import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "@/server/platform/db";
import { inHours, makeDoctor } from "../support/factories";
import { HOSTS, useHost } from "../support/http";

// The unfiltered first page of doctors is read from an index of the soonest slots. Every other page finds
// the next slot of each doctor. A filter that matches every doctor uses the second query: both must agree.

const DOCTORS = 24;
const SLOTS = 24;
/** A doctor's notice leaves only the later slots bookable. */
const NOTICE_HOURS = [0, 0, 30, 0, 336, 48];

describe.each(HOSTS.slice(0, 1))("the list of doctors by their soonest slot, %s", (host) => {
  const api = useHost(host);

  beforeAll(async () => {
    for (let n = 0; n < DOCTORS; n++) {
      const status = n % 11 === 10 ? "PENDING" : "APPROVED";
      const { doctorId } = await makeDoctor({ name: `Dr. ${n}`, status });
      await db.doctor.update({
        where: { id: doctorId },
        data: { minimumNoticeMinutes: (NOTICE_HOURS[n % NOTICE_HOURS.length] ?? 0) * 60 },
      });
      await db.availabilitySlot.createMany({
        data: Array.from({ length: n % 8 === 7 ? 0 : SLOTS }, (_, k) => {
          const startsAt = inHours(1 + k * 2 + (n % 3) * 30);
          return {
            doctorId,
            startsAt,
            endsAt: new Date(startsAt.getTime() + 3_600_000),
            status: (n + k) % 4 === 0 ? ("BOOKED" as const) : ("AVAILABLE" as const),
            withdrawnAt: (n + k) % 4 === 1 ? new Date() : null,
          };
        }),
      });
    }
  });

  // These slots were made as BOOKED without a booking: free them, because the invariants require one.
  afterAll(() =>
    db.availabilitySlot.updateMany({ where: { status: "BOOKED" }, data: { status: "AVAILABLE" } }),
  );

  test.each([1, 2, 5, 10, 17, 18, 19, 50])(
    "is the same for %i a page, whether the soonest slots or every doctor is read",
    async (n) => {
      const soonest = await api.get(`/doctors?limit=${n}`);
      const filtered = await api.get(`/doctors?limit=${n}&maxFee=2000000000`);
      expect(soonest.status).toBe(200);
      // The cursors differ because a cursor contains its filters: compare only whether there is one.
      const pageOf = ({ body }: { body: unknown }) => {
        const { items, nextCursor } = body as { items: unknown[]; nextCursor: string | null };
        return { items, isLast: nextCursor === null };
      };
      expect(pageOf(soonest)).toEqual(pageOf(filtered));
      expect(pageOf(soonest).items).not.toHaveLength(0);
    },
  );

  test("is the same page by page as all at once, also beyond the soonest slots", async () => {
    const atOnce = await api.walk("/doctors?", 100);
    expect(atOnce.length).toBe(DOCTORS - 2);
    expect(await api.walk("/doctors?", 3)).toEqual(atOnce);
  });
});
