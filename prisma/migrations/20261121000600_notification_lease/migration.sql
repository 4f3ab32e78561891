-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "leased_until" TIMESTAMPTZ(3);

-- By hand from here: what is not sent yet is looked for every few minutes.
CREATE INDEX notifications_unsent ON notifications (created_at) WHERE status = 'PENDING';
