-- A doctor edits the own profile. Details that an admin has approved wait in doctor_changes for an admin.

-- CreateEnum
CREATE TYPE "doctor_change_status" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN');

-- AlterTable
ALTER TABLE "doctors" ADD COLUMN     "profile_version" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "qualifications" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "doctor_changes" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "doctor_id" UUID NOT NULL,
    "status" "doctor_change_status" NOT NULL DEFAULT 'PENDING',
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "decided_at" TIMESTAMPTZ(3),
    "rejection_reason" TEXT,

    CONSTRAINT "doctor_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "doctor_changes_doctor_id_id_idx" ON "doctor_changes"("doctor_id", "id");

-- CreateIndex
CREATE INDEX "doctor_changes_status_id_idx" ON "doctor_changes"("status", "id");

-- AddForeignKey
ALTER TABLE "doctor_changes" ADD CONSTRAINT "doctor_changes_doctor_id_fkey" FOREIGN KEY ("doctor_id") REFERENCES "doctors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here.
CREATE UNIQUE INDEX doctor_changes_one_pending ON doctor_changes (doctor_id) WHERE status = 'PENDING';
ALTER TABLE doctor_changes
  ADD CONSTRAINT doctor_changes_decided CHECK ((status = 'PENDING') = (decided_at IS NULL)),
  ADD CONSTRAINT doctor_changes_reason CHECK ((status = 'REJECTED') = (rejection_reason IS NOT NULL)),
  ADD CONSTRAINT doctor_changes_not_empty CHECK (after <> '{}');

-- A decision is final.
CREATE FUNCTION doctor_changes_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'doctor change % is decided', OLD.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'doctor_changes_final';
END $$;
CREATE TRIGGER doctor_changes_final BEFORE UPDATE ON doctor_changes
  FOR EACH ROW WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION doctor_changes_final();
