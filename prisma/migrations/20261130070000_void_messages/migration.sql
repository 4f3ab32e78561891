-- A message that is no longer true is not owed any more. A value of its own, in a migration of its
-- own: PostgreSQL refuses the use of a new enum value in the transaction that adds it.
ALTER TYPE "notification_status" ADD VALUE 'VOID';
