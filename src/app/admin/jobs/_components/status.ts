import {
  IconAlertTriangle,
  IconArrowRight,
  IconCheck,
  IconClock,
  IconMoon,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import type { Job } from "@/server/job-admin/schema";

/** How many job runs one page of the list has. */
export const PAGE_SIZE = 25;

/** The label, colour and icon of each status of a job run. */
export const STATUS = {
  FAILED: { label: "Failed", color: "brick", Icon: IconAlertTriangle },
  RUNNING: { label: "Running", color: "turmeric", Icon: IconPlayerPlay },
  QUEUED: { label: "Waiting to run", color: "slate", Icon: IconClock },
  SLEEPING: { label: "Asleep", color: "slate", Icon: IconMoon },
  COMPLETED: { label: "Done", color: "leaf", Icon: IconCheck },
  CANCELLED: { label: "Called off", color: "slate", Icon: IconX },
  HANDED_OVER: { label: "Goes on at the Inngest server", color: "slate", Icon: IconArrowRight },
} as const satisfies Record<Job["status"], object>;

/** Tells whether a value of the address is a status. */
export const isStatus = (value: unknown): value is Job["status"] =>
  typeof value === "string" && Object.hasOwn(STATUS, value);

/** "amrutam-refund-payment" → "Refund payment". */
export function jobName(functionId: string): string {
  const words = functionId.replace(/^amrutam-/, "").replace(/-/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const CAUSES: Record<string, string> = {
  "inngest/scheduled.timer": "by the clock",
  "inngest/function.failed": "because another run failed",
};

/** Says in words why a job run began. A domain event keeps its name. */
export const causeOf = (event: string): string => CAUSES[event] ?? `by ${event}`;
