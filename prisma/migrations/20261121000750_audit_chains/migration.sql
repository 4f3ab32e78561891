-- A chain of audit entries for every connection that writes. By its process number alone two
-- connections could share one (process numbers 64 apart), and then each of their transactions that ran
-- at once was refused as a conflict and tried again: slow for as long as both lived.
CREATE FUNCTION audit_own_chain() RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own smallint := nullif(current_setting('amrutam.audit_chain', true), '');
  first int := pg_backend_pid() % 64;
BEGIN
  IF own IS NOT NULL THEN
    RETURN own;
  END IF;
  FOR i IN 0..63 LOOP
    -- Held until the connection ends, so that a crash gives it back. Taken again after a rollback, which
    -- forgets the setting and not the lock.
    IF pg_try_advisory_lock(hashtext('amrutam.audit_chain'), (first + i) % 64) THEN
      own := (first + i) % 64;
      EXIT;
    END IF;
  END LOOP;
  -- More connections than chains: some share, which is slower and as correct.
  own := coalesce(own, first);
  PERFORM set_config('amrutam.audit_chain', own::text, false);
  RETURN own;
END $$;
REVOKE ALL ON FUNCTION audit_own_chain FROM PUBLIC;

CREATE OR REPLACE FUNCTION audit_append(
  actor uuid, role text, action text, entity_type text, entity_id text, request text, detail jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  l audit_logs;
  own smallint := audit_own_chain();
BEGIN
  SELECT h.chain, h.sequence + 1, h.hash INTO l.chain, l.sequence, l.prev_hash
    FROM audit_heads h WHERE h.chain = own FOR UPDATE;
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
