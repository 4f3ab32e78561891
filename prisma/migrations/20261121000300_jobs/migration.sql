-- The embedded Inngest engine's tables, and the relay's lease on an outbox row.

-- CreateEnum
CREATE TYPE "job_run_status" AS ENUM ('QUEUED', 'RUNNING', 'SLEEPING', 'COMPLETED', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "job_step_status" AS ENUM ('PLANNED', 'SLEEPING', 'COMPLETED', 'FAILED');

-- CreateEnum
CREATE TYPE "job_attempt_outcome" AS ENUM ('COMPLETED', 'FAILED', 'LOST');

-- AlterTable
ALTER TABLE "outbox" ADD COLUMN     "leased_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "job_events" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_runs" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "function_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "status" "job_run_status" NOT NULL DEFAULT 'QUEUED',
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "lost" INTEGER NOT NULL DEFAULT 0,
    "retries" INTEGER NOT NULL DEFAULT 0,
    "lease_token" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "output" JSONB,
    "error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_steps" (
    "run_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" "job_step_status" NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "data" JSONB,
    "error" JSONB,
    "position" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_steps_pkey" PRIMARY KEY ("run_id","id")
);

-- CreateTable
CREATE TABLE "job_attempts" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "run_id" UUID NOT NULL,
    "step_name" TEXT,
    "attempt" INTEGER NOT NULL,
    "outcome" "job_attempt_outcome" NOT NULL,
    "error" JSONB,
    "ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "job_attempts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_cancellations" (
    "key" TEXT NOT NULL,
    "run_id" UUID NOT NULL,

    CONSTRAINT "job_cancellations_pkey" PRIMARY KEY ("key","run_id")
);

-- CreateTable
CREATE TABLE "job_ticks" (
    "function_id" TEXT NOT NULL,
    "tick" TIMESTAMPTZ(0) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "job_ticks_pkey" PRIMARY KEY ("function_id","tick")
);

-- CreateIndex
CREATE INDEX "job_events_delivered_at_idx" ON "job_events"("delivered_at");

-- CreateIndex
CREATE INDEX "job_runs_ended_at_idx" ON "job_runs"("ended_at");

-- CreateIndex
CREATE UNIQUE INDEX "job_runs_function_id_event_id_key" ON "job_runs"("function_id", "event_id");

-- CreateIndex
CREATE INDEX "job_attempts_run_id_idx" ON "job_attempts"("run_id");

-- CreateIndex
CREATE INDEX "job_cancellations_run_id_idx" ON "job_cancellations"("run_id");

-- AddForeignKey
ALTER TABLE "job_steps" ADD CONSTRAINT "job_steps_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "job_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_attempts" ADD CONSTRAINT "job_attempts_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "job_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_cancellations" ADD CONSTRAINT "job_cancellations_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "job_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.
-- The queue: only what is still to be done, by when.
CREATE INDEX job_runs_due ON job_runs (due_at) WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING');
CREATE INDEX job_runs_failed ON job_runs (id) WHERE status = 'FAILED';
CREATE INDEX job_events_waiting ON job_events (occurred_at, id) WHERE delivered_at IS NULL;
ALTER TABLE job_runs
  ADD CONSTRAINT job_runs_lease CHECK ((lease_token IS NOT NULL) = (status = 'RUNNING')
    AND (lease_token IS NULL) = (leased_until IS NULL)),
  ADD CONSTRAINT job_runs_ended CHECK (
    (status IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at IS NOT NULL));
ALTER TABLE job_steps
  ADD CONSTRAINT job_steps_due CHECK (status NOT IN ('PLANNED', 'SLEEPING') OR due_at IS NOT NULL),
  ADD CONSTRAINT job_steps_position CHECK (
    (status IN ('COMPLETED', 'FAILED')) = (position IS NOT NULL));
