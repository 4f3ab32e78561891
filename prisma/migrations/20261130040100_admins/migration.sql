-- Who may become an admin, and that one is left. Names are mapped to reasons in src/server/platform/errors.ts.
-- The first admin is inserted by a command, and sets the second factor up afterwards.
CREATE FUNCTION users_admin_needs_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.email_verified_at IS NULL OR NOT EXISTS (
    SELECT FROM totp_factors WHERE user_id = NEW.id AND confirmed_at IS NOT NULL)
  THEN
    RAISE EXCEPTION 'an admin needs a confirmed address and a second factor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'users_admin_needs_factor';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER users_admin_needs_factor BEFORE UPDATE OF role ON users
  FOR EACH ROW WHEN (NEW.role = 'admin' AND OLD.role <> 'admin')
  EXECUTE FUNCTION users_admin_needs_factor();

-- Two who demote each other at once wait for each other here, so that the second one sees the first
-- one's change, or is a serialization failure.
CREATE FUNCTION users_last_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('amrutam.last_admin'));
  IF NOT EXISTS (SELECT FROM users WHERE role = 'admin' AND status = 'ACTIVE') THEN
    RAISE EXCEPTION 'the last active admin stays one'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'users_last_admin';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER users_last_admin AFTER UPDATE OF role, status ON users
  FOR EACH ROW WHEN (OLD.role = 'admin' AND OLD.status = 'ACTIVE' AND (NEW.role, NEW.status) <> ('admin', 'ACTIVE'))
  EXECUTE FUNCTION users_last_admin();
