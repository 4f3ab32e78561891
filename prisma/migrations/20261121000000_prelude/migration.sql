-- What the tables lean on: extensions, the application's role, ids and the clock.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The running app works under this role, whatever role DATABASE_URL names. It owns nothing.
-- Roles belong to the whole cluster, so a second database (or two migrating at once) finds it there.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'amrutam_app') THEN
    CREATE ROLE amrutam_app NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
  EXECUTE format('GRANT amrutam_app TO %I', current_user);
EXCEPTION WHEN invalid_grant_operation OR insufficient_privilege THEN NULL; -- already a member
END $$;

-- The clock that decides holds and expiries. Tests and fault runs move it by
-- `ALTER DATABASE … SET amrutam.clock_offset = '…'` or `SET`; it is unset otherwise.
CREATE FUNCTION app_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT now() + coalesce(nullif(current_setting('amrutam.clock_offset', true), ''), '0')::interval
$$;

-- RFC 9562 version 7: 48 bits of milliseconds, then random. PostgreSQL has its own only from 18 on.
CREATE FUNCTION uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
          FROM 1 FOR 6),
        52, 1),
      53, 1),
    'hex')::uuid
$$;
