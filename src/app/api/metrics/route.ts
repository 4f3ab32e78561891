import { handleMetrics } from "@/server/trpc/operations";

export const dynamic = "force-dynamic";

export const GET = handleMetrics;
