-- A run that was given over has ended here.
ALTER TABLE job_runs DROP CONSTRAINT job_runs_ended,
  ADD CONSTRAINT job_runs_ended CHECK (
    (status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'HANDED_OVER')) = (ended_at IS NOT NULL));

-- The relay looks here for runs whose events come back.
CREATE INDEX job_runs_handed_over ON job_runs (event_id) WHERE status = 'HANDED_OVER';
