import { Prisma } from "@/generated/prisma/client";
import { expireAllHolds } from "./bookings/commands/expire";
import { refundMissed } from "./consultations/commands";
import { ABSENT_AFTER_MINUTES } from "./consultations/rules";
import { handOver, strandedRuns } from "./job-engine/handover";
import { jobMode } from "./job-engine/mode";
import { sendOverdue } from "./notifications/commands/notify";
import { closeLateCheckouts, lateCheckouts } from "./payments/commands/checkout";
import { numberReceipts } from "./payments/commands/receipts";
import { reconcilePayments } from "./payments/commands/reconcile";
import type { Sweep } from "./platform/sweep";

const MINUTE = 60;

/**
 * All kinds of work that rows owe, with the command that does it if its job was lost. The app itself
 * runs these sweeps, with either job engine, so that no work depends on the memory of an engine.
 */
export const sweeps: readonly Sweep[] = [
  {
    name: "messages",
    everySeconds: MINUTE,
    owed: Prisma.sql`SELECT due_at FROM notifications WHERE status = 'PENDING'`,
    settle: sendOverdue,
  },
  {
    name: "holds",
    everySeconds: MINUTE,
    owed: Prisma.sql`SELECT hold_expires_at AS due_at FROM bookings WHERE status = 'PENDING'`,
    settle: expireAllHolds,
  },
  {
    // This one also asks the gateway, which alone knows what was paid or refunded.
    name: "payments and refunds",
    everySeconds: 5 * MINUTE,
    owed: Prisma.sql`
      SELECT CASE status WHEN 'FAILED' THEN retry_at ELSE created_at END AS due_at FROM refunds
       WHERE status = 'FAILED' OR (status = 'PENDING' AND provider_ref IS NULL)`,
    settle: reconcilePayments,
  },
  {
    name: "receipts",
    everySeconds: MINUTE,
    owed: Prisma.sql`SELECT created_at AS due_at FROM receipts WHERE number IS NULL`,
    settle: numberReceipts,
  },
  {
    name: "checkouts",
    everySeconds: MINUTE,
    owed: lateCheckouts,
    settle: closeLateCheckouts,
  },
  {
    name: "missed consultations",
    everySeconds: 5 * MINUTE,
    owed: Prisma.sql`
      SELECT b.ends_at + make_interval(mins => ${ABSENT_AFTER_MINUTES}::int) AS due_at
        FROM bookings b JOIN consultations c ON c.booking_id = b.id
       WHERE b.status = 'CONFIRMED' AND c.status = 'SCHEDULED'`,
    settle: refundMissed,
  },
  {
    name: "events",
    everySeconds: MINUTE,
    owed: Prisma.sql`SELECT created_at AS due_at FROM outbox`,
    // The relay of every process delivers them all the time. This sweep only reports late ones.
    settle: async () => undefined,
  },
  {
    name: "job runs",
    everySeconds: MINUTE,
    get owed() {
      return strandedRuns(jobMode().kind === "embedded");
    },
    settle: async () => (jobMode().kind === "embedded" ? undefined : handOver()),
  },
];
