-- Two devices that change one doctor's hours: the second one is told. And slots that hours took back stay for a day.

-- AlterTable
ALTER TABLE "availability_rules" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;

-- By hand from here.
ALTER TABLE availability_rules ADD CONSTRAINT availability_rules_version CHECK (version >= 1);

-- What the hourly clean-up looks for. A claim changes none of these columns, so it stays a heap-only update.
CREATE INDEX availability_slots_taken_back ON availability_slots (withdrawn_at)
  WHERE withdrawn_at IS NOT NULL AND NOT from_rules;
