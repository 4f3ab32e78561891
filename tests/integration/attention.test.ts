import { expect, test } from "vitest";
import { env } from "@/env";
import { db } from "@/server/platform/db";
import { makeHold } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { FEE, makeAdmin, makeDoctor } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";

const NOTHING = {
  waitingDoctors: 0,
  waitingChanges: 0,
  mismatchedPayments: 0,
  failedRefunds: 0,
  mismatchedRefunds: 0,
  refundsByClinic: 0,
  unpaidConsultations: 0,
  unfinishedConsultations: 0,
  failedJobs: 0,
  ownerLogins: 0,
};

test("the admin's overview counts what no job can settle, until it is settled", async () => {
  const admin = callerAs(await makeAdmin());
  expect(await admin.analytics.attention()).toEqual(NOTHING);

  const { doctorId } = await makeDoctor();
  await db.doctor.update({ where: { id: doctorId }, data: { status: "PENDING" } });
  const [first, second] = [await makeHold(), await makeHold()];
  for (const { payment } of [first, first, second]) {
    await deliver(gatewayEvent("payment.succeeded", payment, { amount: FEE - 100 }));
  }
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at, status, ended_at)
     VALUES ('a-function', 'an-event', '{}', now(), 'FAILED', now()), ('a-function', 'other', '{}', now(), 'COMPLETED', now())`,
  );
  expect(await admin.analytics.attention()).toEqual({
    ...NOTHING,
    waitingDoctors: 1,
    mismatchedPayments: 2,
    failedJobs: 1,
  });

  // A second event with the right amount settles the mismatch.
  await deliver(gatewayEvent("payment.succeeded", second.payment));
  await db.doctor.update({ where: { id: doctorId }, data: { status: "APPROVED" } });
  await sql("DELETE FROM job_runs");
  expect(await admin.analytics.attention()).toEqual({ ...NOTHING, mismatchedPayments: 1 });
});

test("the admin's overview reports that the app's database login owns tables", async () => {
  const admin = callerAs(await makeAdmin());
  const { username } = new URL(env.DATABASE_URL);
  await sql(`ALTER TABLE profiles OWNER TO ${username}`);
  try {
    expect(await admin.analytics.attention()).toMatchObject({ ownerLogins: 1 });
  } finally {
    await sql("ALTER TABLE profiles OWNER TO postgres");
  }
});
