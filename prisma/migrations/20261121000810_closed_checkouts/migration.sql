-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "checkout_closed_at" TIMESTAMPTZ(3);

-- By hand from here.
UPDATE payments p SET checkout_closed_at = app_now() FROM sandbox_charges c
 WHERE c.payment_id = p.id AND c.status = 'FAILED' AND p.status = 'FAILED';

-- Reconciliation reads what can still be paid alone, however many gave up.
DROP INDEX payments_uncaptured;
CREATE INDEX payments_unsettled ON payments (created_at) WHERE captured_at IS NULL AND checkout_closed_at IS NULL;
