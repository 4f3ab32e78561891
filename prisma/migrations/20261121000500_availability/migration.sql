-- Doctors' weekly hours, the slots that they make, and the notice that a doctor asks for.

-- AlterTable
ALTER TABLE "availability_slots" ADD COLUMN     "closing" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "from_rules" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "doctors" ADD COLUMN     "minimum_notice_minutes" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "availability_rules" (
    "doctor_id" UUID NOT NULL,
    "timezone" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "exceptions" JSONB NOT NULL,
    "horizon_days" SMALLINT NOT NULL DEFAULT 30,
    "open_until" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "availability_rules_pkey" PRIMARY KEY ("doctor_id")
);

-- AddForeignKey
ALTER TABLE "availability_rules" ADD CONSTRAINT "availability_rules_doctor_id_fkey" FOREIGN KEY ("doctor_id") REFERENCES "doctors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here.
ALTER TABLE availability_rules
  ADD CONSTRAINT availability_rules_horizon CHECK (horizon_days BETWEEN 1 AND 90),
  ADD CONSTRAINT availability_rules_lists CHECK (
    jsonb_typeof(rules) = 'array' AND jsonb_typeof(exceptions) = 'array');
ALTER TABLE doctors ADD CONSTRAINT doctors_minimum_notice CHECK (minimum_notice_minutes BETWEEN 0 AND 20160);
ALTER TABLE availability_slots
  ADD CONSTRAINT availability_slots_closing_is_claimed CHECK (NOT closing OR status <> 'AVAILABLE');

-- A slot outside the doctor's hours stays as long as its booking needs it. However that booking ends
-- (expiry, cancel, reschedule), the slot must not be offered again. None of this touches an index that
-- a claim would, so claims stay heap-only updates.
CREATE FUNCTION availability_slots_close_when_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.withdrawn_at := app_now();
  NEW.closing := false;
  NEW.from_rules := false;
  RETURN NEW;
END $$;
CREATE TRIGGER availability_slots_close_when_freed BEFORE UPDATE OF status ON availability_slots
  FOR EACH ROW WHEN (NEW.closing AND NEW.status = 'AVAILABLE')
  EXECUTE FUNCTION availability_slots_close_when_freed();
