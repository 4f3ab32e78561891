-- AlterEnum
ALTER TYPE "refund_reason" ADD VALUE 'gateway';

-- AlterEnum
ALTER TYPE "cancelled_by" ADD VALUE 'absence';
