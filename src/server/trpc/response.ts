import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { AppError, type Reason } from "../platform/errors";
import { apiHeaders } from "../platform/headers";
import type { Context } from "./context";

type Meta = { ctx?: Context; errors: TRPCError[] };

/** Returns the headers of every API response. */
export function responseHeaders({ ctx, errors }: Meta, requestId: string): Record<string, string> {
  const refused = errors[0]?.cause instanceof AppError ? errors[0].cause : null;
  const headers: Record<string, string> = {
    ...apiHeaders(),
    "x-request-id": requestId,
  };
  if (ctx?.response.replayed) headers["idempotent-replayed"] = "true";
  const wait = refused?.data.retryAfterSeconds;
  if (wait) headers["retry-after"] = String(wait);
  return headers;
}

const asError = (reason: Reason) =>
  new AppError(reason, reason === "TRY_AGAIN" ? { retryAfterSeconds: 1 } : {});

/** Builds the response of a refusal that no procedure was called for, in the contract's shape. */
export function refusal(why: Reason | AppError, requestId: string): Response {
  const cause = why instanceof AppError ? why : asError(why);
  const { code, reason, data } = cause;
  const error = new TRPCError({ code, cause });
  const body = { message: reason, code, data: { reason, requestId, ...data } };
  const headers = responseHeaders({ errors: [error] }, requestId);
  return Response.json(body, { status: getHTTPStatusCodeFromError(error), headers });
}
