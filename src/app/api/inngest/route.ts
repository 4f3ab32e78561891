import { handleJobs } from "@/server/functions";

export const GET = handleJobs;
export const POST = handleJobs;
export const PUT = handleJobs;
