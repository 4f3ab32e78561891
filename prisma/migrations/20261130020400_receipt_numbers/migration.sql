-- CreateTable
CREATE TABLE "receipts" (
    "payment_id" UUID NOT NULL,
    "year" SMALLINT NOT NULL,
    "number" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "issued_at" TIMESTAMPTZ(3),

    CONSTRAINT "receipts_pkey" PRIMARY KEY ("payment_id")
);

-- CreateTable
CREATE TABLE "receipt_counters" (
    "year" SMALLINT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "receipt_counters_pkey" PRIMARY KEY ("year")
);

-- CreateIndex
CREATE UNIQUE INDEX "receipts_year_number_key" ON "receipts"("year", "number");

-- AddForeignKey
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here: docs/decisions/0015 says why a number is not given in the capture's transaction.
ALTER TABLE receipts
  ADD CONSTRAINT receipts_numbered CHECK ((number IS NULL) = (issued_at IS NULL)),
  ADD CONSTRAINT receipts_number_positive CHECK (number > 0);
CREATE INDEX receipts_waiting ON receipts (created_at) WHERE number IS NULL;

-- India's financial year begins in April: 2026 is the one from April 2026 to March 2027.
CREATE FUNCTION financial_year(at timestamptz) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
  SELECT extract(year FROM (at AT TIME ZONE 'Asia/Kolkata') - interval '3 months')::smallint
$$;

-- Every capture owes a receipt, by a row of its own transaction.
CREATE FUNCTION payments_owe_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO receipts (payment_id, year) VALUES (NEW.id, financial_year(NEW.captured_at))
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER payments_owe_receipt AFTER INSERT OR UPDATE OF captured_at ON payments
  FOR EACH ROW WHEN (NEW.captured_at IS NOT NULL) EXECUTE FUNCTION payments_owe_receipt();

-- A number that was given stays, and no receipt goes.
CREATE TRIGGER receipts_number_stays BEFORE UPDATE ON receipts
  FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipts_stay BEFORE DELETE ON receipts
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE DELETE ON receipts, receipt_counters FROM amrutam_app;

INSERT INTO receipts (payment_id, year)
SELECT id, financial_year(captured_at) FROM payments WHERE captured_at IS NOT NULL ORDER BY captured_at;
