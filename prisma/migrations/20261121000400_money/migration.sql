-- CreateEnum
CREATE TYPE "notification_status" AS ENUM ('PENDING', 'SENT', 'FAILED');

-- AlterEnum
ALTER TYPE "refund_reason" ADD VALUE 'doctor_absent';

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "cancel_reason" BYTEA,
ADD COLUMN     "cancellation_policy" JSONB,
ADD COLUMN     "hold_extensions" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "refund_cap_percent" SMALLINT NOT NULL DEFAULT 100;

-- AlterTable
ALTER TABLE "consultations" ADD COLUMN     "room_id" UUID NOT NULL DEFAULT gen_random_uuid();

-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "provider_ref" TEXT;

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "provider_ref" TEXT;

-- CreateTable
CREATE TABLE "cancellation_policies" (
    "version" INTEGER NOT NULL,
    "tiers" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "cancellation_policies_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "booking_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "notification_status" NOT NULL DEFAULT 'PENDING',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mailbox_messages" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "user_id" UUID NOT NULL,
    "content" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "mailbox_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_refunds" (
    "refund_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "sandbox_refunds_pkey" PRIMARY KEY ("refund_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notifications_booking_id_version_kind_channel_user_id_key" ON "notifications"("booking_id", "version", "kind", "channel", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "consultations_room_id_key" ON "consultations"("room_id");

-- CreateIndex
CREATE UNIQUE INDEX "payments_provider_ref_key" ON "payments"("provider_ref");

-- CreateIndex
CREATE UNIQUE INDEX "refunds_provider_ref_key" ON "refunds"("provider_ref");

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox_messages" ADD CONSTRAINT "mailbox_messages_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here: the first policy, and what keeps the numbers honest.
-- Free until 24 h before the start, half until 2 h before, nothing later.
INSERT INTO cancellation_policies (version, tiers) VALUES (1,
  '[{"hoursBefore": 24, "refundPercent": 100}, {"hoursBefore": 2, "refundPercent": 50}]');
UPDATE bookings SET cancellation_policy = (SELECT tiers FROM cancellation_policies);
ALTER TABLE bookings
  ALTER COLUMN cancellation_policy SET NOT NULL,
  ADD CONSTRAINT bookings_hold_extensions CHECK (hold_extensions BETWEEN 0 AND 10),
  ADD CONSTRAINT bookings_refund_cap CHECK (refund_cap_percent BETWEEN 0 AND 100);
-- A policy is history once bookings have copied it.
CREATE TRIGGER cancellation_policies_append_only BEFORE UPDATE OR DELETE ON cancellation_policies
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was asked back never exceeds what was captured, counted from the refunds themselves as well.
CREATE FUNCTION refunds_match_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(amount), 0) FROM refunds WHERE payment_id = NEW.payment_id AND status <> 'FAILED')
     <> (SELECT refunded_amount FROM payments WHERE id = NEW.payment_id)
  THEN
    RAISE EXCEPTION 'refunds of payment % do not add up', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_match_payment';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refunds_match_payment AFTER INSERT OR UPDATE ON refunds
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refunds_match_payment();
