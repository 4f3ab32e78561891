import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { AppError, type Reason } from "../platform/errors";
import { apiHeaders } from "../platform/headers";
import type { Context } from "./context";

/** What every answer of the API has in common, whichever way it is called. */

type Meta = { ctx?: Context; errors: TRPCError[] };

export function headersOf({ ctx, errors }: Meta, requestId: string): Record<string, string> {
  const refused = errors[0]?.cause instanceof AppError ? errors[0].cause : null;
  const headers: Record<string, string> = {
    ...apiHeaders(),
    "x-request-id": requestId,
  };
  if (ctx?.answer.replayed) headers["idempotent-replayed"] = "true";
  const wait = refused?.data.retryAfterSeconds;
  if (wait) headers["retry-after"] = String(wait);
  return headers;
}

const asError = (reason: Reason) =>
  new AppError(reason, reason === "TRY_AGAIN" ? { retryAfterSeconds: 1 } : {});

/** What is refused before any procedure is reached, in the contract's shape. */
export function refusal(why: Reason | AppError, requestId: string): Response {
  const cause = why instanceof AppError ? why : asError(why);
  const { code, reason, data } = cause;
  const error = new TRPCError({ code, cause });
  const body = { message: reason, code, data: { reason, requestId, ...data } };
  const headers = headersOf({ errors: [error] }, requestId);
  return Response.json(body, { status: getHTTPStatusCodeFromError(error), headers });
}
