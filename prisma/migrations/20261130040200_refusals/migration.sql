-- CreateTable
CREATE TABLE "refusals" (
    "user_id" UUID NOT NULL,
    "procedure" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "refusals_pkey" PRIMARY KEY ("user_id","procedure","reason","minute")
);

-- CreateIndex
CREATE INDEX "refusals_minute_idx" ON "refusals"("minute");
