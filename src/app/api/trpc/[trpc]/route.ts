import { handleTrpc } from "@/server/trpc/http";

export const GET = handleTrpc;
export const POST = handleTrpc;
