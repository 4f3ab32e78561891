-- What keeps the invariants when code is wrong. Names are mapped to reasons in src/server/platform/errors.ts.

-- Claims of slots stay heap-only updates: room on the page, and no index that names `status`.
ALTER TABLE availability_slots SET (fillfactor = 70);
ALTER TABLE audit_heads SET (fillfactor = 20);

-- ── slots ────────────────────────────────────────────────────────────────────────────────────
ALTER TABLE availability_slots
  ADD CONSTRAINT availability_slots_length CHECK (
    ends_at >= starts_at + interval '5 minutes' AND ends_at <= starts_at + interval '4 hours'),
  ADD CONSTRAINT availability_slots_withdrawn_is_free CHECK (withdrawn_at IS NULL OR status = 'AVAILABLE'),
  ADD CONSTRAINT availability_slots_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (withdrawn_at IS NULL);

-- ── bookings ─────────────────────────────────────────────────────────────────────────────────
ALTER TABLE bookings
  ADD CONSTRAINT bookings_times CHECK (starts_at < ends_at),
  ADD CONSTRAINT bookings_price_positive CHECK (price_amount > 0),
  ADD CONSTRAINT bookings_hold_number CHECK (
    CASE WHEN status = 'PENDING' THEN hold_number IN (1, 2) ELSE hold_number IS NULL END),
  ADD CONSTRAINT bookings_cancelled_by CHECK ((status = 'CANCELLED') = (cancelled_by IS NOT NULL)),
  ADD CONSTRAINT bookings_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED')),
  ADD CONSTRAINT bookings_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('PENDING', 'CONFIRMED'));

CREATE UNIQUE INDEX bookings_one_active_per_slot ON bookings (slot_id)
  WHERE status IN ('PENDING', 'CONFIRMED', 'COMPLETED', 'NO_SHOW');
CREATE UNIQUE INDEX bookings_live_holds ON bookings (patient_id, hold_number) WHERE status = 'PENDING';
CREATE INDEX bookings_pending_expiry ON bookings (hold_expires_at) WHERE status = 'PENDING';

-- Nothing leaves EXPIRED, CANCELLED, COMPLETED or NO_SHOW.
CREATE FUNCTION bookings_legal_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (
    (OLD.status = 'PENDING' AND NEW.status IN ('CONFIRMED', 'EXPIRED', 'CANCELLED')) OR
    (OLD.status = 'CONFIRMED' AND NEW.status IN ('COMPLETED', 'NO_SHOW', 'CANCELLED')))
  THEN
    RAISE EXCEPTION 'booking cannot go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_legal_transition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bookings_legal_transition BEFORE UPDATE OF status ON bookings
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION bookings_legal_transition();

-- ── money ────────────────────────────────────────────────────────────────────────────────────
ALTER TABLE doctors
  ADD CONSTRAINT doctors_fee_positive CHECK (fee_amount > 0),
  ADD CONSTRAINT doctors_experience CHECK (years_of_experience BETWEEN 0 AND 80);
ALTER TABLE payments
  ADD CONSTRAINT payments_amount_positive CHECK (amount > 0),
  ADD CONSTRAINT payments_refund_within_capture CHECK (
    refunded_amount >= 0 AND refunded_amount <= CASE WHEN captured_at IS NULL THEN 0 ELSE amount END),
  ADD CONSTRAINT payments_captured CHECK ((status IN ('PENDING', 'FAILED')) = (captured_at IS NULL));
ALTER TABLE refunds ADD CONSTRAINT refunds_amount_positive CHECK (amount > 0);
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_not_zero CHECK (amount <> 0);

CREATE FUNCTION ledger_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount) FROM ledger_entries WHERE transaction_id = NEW.transaction_id) <> 0 THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sums_to_zero';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_sums_to_zero AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- CONFIRMED means captured and un-refunded, at every commit, seen from both rows.
CREATE FUNCTION bookings_confirmed_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM bookings b WHERE b.id = NEW.id AND b.status = 'CONFIRMED' AND NOT EXISTS (
      SELECT FROM payments p WHERE p.booking_id = b.id AND p.status = 'SUCCEEDED'
        AND p.refunded_amount = 0 AND p.amount = b.price_amount AND p.currency = b.currency))
  THEN
    RAISE EXCEPTION 'booking % is CONFIRMED without its payment', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_confirmed_is_paid';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bookings_confirmed_is_paid AFTER INSERT OR UPDATE ON bookings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'CONFIRMED')
  EXECUTE FUNCTION bookings_confirmed_is_paid();

CREATE FUNCTION payments_refund_frees_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM bookings WHERE id = NEW.booking_id AND status = 'CONFIRMED') THEN
    RAISE EXCEPTION 'payment % left its CONFIRMED booking', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_confirmed_is_paid';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_refund_frees_booking AFTER UPDATE ON payments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'SUCCEEDED' AND NEW.status <> 'SUCCEEDED')
  EXECUTE FUNCTION payments_refund_frees_booking();

-- ── search ───────────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION doctors_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search_text := lower(NEW.name || ' ' || array_to_string(NEW.specializations, ' '));
  RETURN NEW;
END $$;
CREATE TRIGGER doctors_search_text BEFORE INSERT OR UPDATE ON doctors
  FOR EACH ROW EXECUTE FUNCTION doctors_search_text();

-- ── audit ────────────────────────────────────────────────────────────────────────────────────
-- 64 chains, so that writes do not queue behind one head.
INSERT INTO audit_heads (chain, sequence, hash) SELECT c, 0, sha256('') FROM generate_series(0, 63) c;

CREATE FUNCTION audit_hash(l audit_logs) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(l.prev_hash || convert_to(jsonb_build_array(
    l.chain, l.sequence, l.id, (extract(epoch FROM l.at) * 1000000)::bigint, l.actor_id, l.actor_role,
    l.action, l.entity_type, l.entity_id, l.request_id, l.detail)::text, 'UTF8'))
$$;

-- The only way into audit_logs. The chain is the backend's, since a connection never races itself.
CREATE FUNCTION audit_append(
  actor uuid, role text, action text, entity_type text, entity_id text, request text, detail jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  l audit_logs;
BEGIN
  SELECT h.chain, h.sequence + 1, h.hash INTO l.chain, l.sequence, l.prev_hash
    FROM audit_heads h WHERE h.chain = (pg_backend_pid() % 64)::smallint FOR UPDATE;
  l.id := uuid_v7();
  l.at := app_now();
  l.actor_id := actor;
  l.actor_role := role;
  l.action := action;
  l.entity_type := entity_type;
  l.entity_id := entity_id;
  l.request_id := request;
  l.detail := detail;
  l.hash := audit_hash(l);
  INSERT INTO audit_logs VALUES (l.*);
  UPDATE audit_heads h SET sequence = l.sequence, hash = l.hash WHERE h.chain = l.chain;
END $$;
REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;

CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The default partition means that a late job never stops a booking.
CREATE TABLE audit_logs_default PARTITION OF audit_logs DEFAULT;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_logs_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Makes the partitions of this month and of `ahead` more. Row triggers are inherited, TRUNCATE's are not.
CREATE FUNCTION audit_ensure_partitions(ahead int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  month timestamptz;
  part text;
  made int := 0;
BEGIN
  FOR i IN 0..ahead LOOP
    month := date_trunc('month', app_now()) + make_interval(months => i);
    part := 'audit_logs_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass(part) IS NOT NULL OR EXISTS (
      SELECT FROM audit_logs_default WHERE at >= month AND at < month + interval '1 month');
    EXECUTE format('CREATE TABLE %I PARTITION OF audit_logs FOR VALUES FROM (%L) TO (%L)',
      part, month, month + interval '1 month');
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
    EXECUTE format('REVOKE ALL ON %I FROM amrutam_app', part);
    EXECUTE format('GRANT SELECT ON %I TO amrutam_app', part);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_ensure_partitions FROM PUBLIC;
SELECT audit_ensure_partitions(3);

-- ── the application's role ───────────────────────────────────────────────────────────────────
GRANT USAGE ON SCHEMA public TO amrutam_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO amrutam_app;
GRANT EXECUTE ON FUNCTION audit_append, audit_ensure_partitions TO amrutam_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO amrutam_app;
DO $$
DECLARE t regclass;
BEGIN
  FOR t IN SELECT c.oid FROM pg_class c WHERE c.relname LIKE 'audit\_%' AND c.relkind IN ('r', 'p') LOOP
    EXECUTE format('REVOKE ALL ON %s FROM amrutam_app', t);
    EXECUTE format('GRANT SELECT ON %s TO amrutam_app', t);
  END LOOP;
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    REVOKE ALL ON _prisma_migrations FROM amrutam_app;
    GRANT SELECT ON _prisma_migrations TO amrutam_app;
  END IF;
END $$;
REVOKE UPDATE, DELETE ON ledger_entries FROM amrutam_app;
