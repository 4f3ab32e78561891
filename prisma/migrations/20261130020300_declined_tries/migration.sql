-- A declined card is a try, not the end: the sandbox gateway counts tries, and its page stays open.
-- AlterTable
ALTER TABLE "sandbox_charges" ADD COLUMN     "declines" INTEGER NOT NULL DEFAULT 0;
