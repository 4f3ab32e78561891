import type { Prisma } from "@/generated/prisma/client";
import { jobMode } from "../job-engine/mode";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { decodeCursor, isUuid, listOf, toPage } from "../platform/page";
import type { Tx } from "../platform/transaction";
import type { Job, JobDetail, ListJobs, OwedWork } from "./schema";

const fields = {
  id: true,
  functionId: true,
  eventId: true,
  event: true,
  status: true,
  retries: true,
  error: true,
  dueAt: true,
  createdAt: true,
  startedAt: true,
  endedAt: true,
  _count: { select: { attempts: true } },
} satisfies Prisma.JobRunSelect;

type Row = Prisma.JobRunGetPayload<{ select: typeof fields }>;

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** Returns a text field of a stored JSON value, or "" if it has none. */
function text(value: Prisma.JsonValue, field: string): string {
  const found = value && typeof value === "object" && !Array.isArray(value) ? value[field] : null;
  return typeof found === "string" ? found : "";
}

const toError = (value: Prisma.JsonValue) =>
  value ? { name: text(value, "name"), message: text(value, "message") } : null;

function toJob(row: Row): Job {
  return {
    id: row.id,
    functionId: row.functionId,
    event: { id: row.eventId, name: text(row.event, "name") },
    status: row.status,
    attempts: row._count.attempts,
    retries: row.retries,
    error: toError(row.error),
    dueAt: row.endedAt ? null : iso(row.dueAt),
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
  };
}

/** Lists the runs of the embedded engine, newest first. */
export async function listJobs(input: ListJobs) {
  const { limit, status, functionId } = input;
  const list = listOf("jobs", input);
  const key = decodeCursor(list, ([id]) => isUuid(id));
  const rows = await db.jobRun.findMany({
    where: { status, functionId, ...(key && { id: { lt: String(key[0]) } }) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: fields,
  });
  return toPage(rows, list, toJob, ({ id }) => [id]);
}

/** Returns one run with its steps and tries. @throws NOT_FOUND */
export async function getJob(runId: string, tx: Tx = db): Promise<JobDetail> {
  const row = await tx.jobRun.findUnique({
    where: { id: runId },
    select: {
      ...fields,
      steps: { orderBy: [{ position: { sort: "asc", nulls: "last" } }, { createdAt: "asc" }] },
      attempts: { orderBy: { id: "asc" } },
    },
  });
  if (!row) throw new AppError("NOT_FOUND");
  return {
    ...toJob(row),
    steps: row.steps.map(({ name, status, attempt, error, dueAt, endedAt }) => ({
      name,
      status,
      attempt,
      error: toError(error),
      dueAt: endedAt ? null : iso(dueAt),
      endedAt: iso(endedAt),
    })),
    tries: row.attempts.map(({ stepName, attempt, outcome, error, ms, createdAt }) => ({
      stepName,
      attempt,
      outcome,
      error: toError(error),
      ms,
      at: createdAt.toISOString(),
    })),
  };
}

/** Returns what the last run of each sweep found. */
export async function readOwedWork(): Promise<OwedWork> {
  const sweeps = await db.sweep.findMany({ orderBy: { name: "asc" } });
  const kinds = sweeps.map(({ name, late, lateSince, sweptAt, error }) => {
    return { name, late, lateSince: iso(lateSince), sweptAt: iso(sweptAt), error };
  });
  return { engine: jobMode().kind, kinds };
}
