import { handleWebhook } from "@/server/trpc/http";

export const POST = handleWebhook;
