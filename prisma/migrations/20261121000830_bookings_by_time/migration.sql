-- CreateIndex
CREATE INDEX "bookings_starts_at_idx" ON "bookings"("starts_at");
