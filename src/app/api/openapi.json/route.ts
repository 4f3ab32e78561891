import { handleOpenApi } from "@/server/trpc/operations";

export const dynamic = "force-dynamic";

export const GET = handleOpenApi;
