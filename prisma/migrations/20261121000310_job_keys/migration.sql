-- What a run and the event that ends it must share: the event's name, the field, and its value.
-- Null, which equals nothing, where the field is absent.
CREATE FUNCTION job_cancellation_key(event_name text, path text[], event jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT event_name || CASE WHEN cardinality(path) = 0 THEN ''
    ELSE ' ' || array_to_string(path, '.') || ' ' || (event #>> path) END
$$;
