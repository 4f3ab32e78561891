-- A run of the embedded engine whose event went to an Inngest server.
ALTER TYPE "job_run_status" ADD VALUE 'HANDED_OVER';
