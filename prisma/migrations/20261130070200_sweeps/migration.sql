-- What looks after owed work on the app's side, whichever job engine runs.

-- CreateTable
CREATE TABLE "sweeps" (
    "name" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "swept_at" TIMESTAMPTZ(3),
    "late" INTEGER NOT NULL DEFAULT 0,
    "late_since" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "sweeps_pkey" PRIMARY KEY ("name")
);

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "retry_at" TIMESTAMPTZ(3);

-- By hand from here.
UPDATE refunds SET retry_at = app_now() WHERE status = 'FAILED';
