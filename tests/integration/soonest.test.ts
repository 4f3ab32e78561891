import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "../../src/server/platform/db";
import { inHours, makeDoctor } from "../support/factories";
import { HOSTS, useHost } from "../support/http";

// The first page of all doctors is read from the soonest slots, every other page by asking each doctor.
// A filter that lets everybody through takes the second way: both must answer the same.

const DOCTORS = 24;
const SLOTS = 24;
/** Of some doctors only the late slots may still be booked; others were booked out, or took times back. */
const NOTICE_HOURS = [0, 0, 30, 0, 336, 48];

describe.each(HOSTS.slice(0, 1))("doctors by their soonest time, %s", (host) => {
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

  // Nobody booked them: taken is all that these times are here for, and no booking stands behind them.
  afterAll(() =>
    db.availabilitySlot.updateMany({ where: { status: "BOOKED" }, data: { status: "AVAILABLE" } }),
  );

  test.each([1, 2, 5, 10, 17, 18, 19, 50])(
    "%i a page, soonest slots or every doctor",
    async (n) => {
      const soonest = await api.get(`/doctors?limit=${n}`);
      const asked = await api.get(`/doctors?limit=${n}&maxFee=2000000000`);
      expect(soonest.status).toBe(200);
      // A cursor carries its filters, so the two differ; whether there is a next page does not.
      const pageOf = ({ body }: { body: unknown }) => {
        const { items, nextCursor } = body as { items: unknown[]; nextCursor: string | null };
        return { items, isLast: nextCursor === null };
      };
      expect(pageOf(soonest)).toEqual(pageOf(asked));
      expect(pageOf(soonest).items).not.toHaveLength(0);
    },
  );

  test("page by page as at once, beyond the slots that were read", async () => {
    const atOnce = await api.walk("/doctors?", 100);
    expect(atOnce.length).toBe(DOCTORS - 2);
    expect(await api.walk("/doctors?", 3)).toEqual(atOnce);
  });
});
