import { handleReady } from "@/server/trpc/operations";

export const dynamic = "force-dynamic";

export const GET = handleReady;
