import { handleRest } from "@/server/trpc/http";

export const GET = handleRest;
export const POST = handleRest;
export const PUT = handleRest;
export const PATCH = handleRest;
export const DELETE = handleRest;
export const OPTIONS = handleRest;
