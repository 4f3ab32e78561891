-- The first page of all doctors reads the soonest slots in order instead of asking every doctor for theirs;
-- the cheapest ones are read in order too. Neither names `status`, so that claims stay heap-only updates.
CREATE INDEX "availability_slots_starts_at_doctor_id_idx" ON "availability_slots"("starts_at", "doctor_id");
CREATE INDEX "doctors_fee_amount_id_idx" ON "doctors"("fee_amount", "id");
