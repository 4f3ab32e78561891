import { openApiDocument } from "@/server/trpc/openapi";

export const dynamic = "force-dynamic";

export const GET = () => Response.json(openApiDocument());
