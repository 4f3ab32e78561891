import { initTRPC, TRPCError } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import { AppError, fromDatabase, type RefusalData } from "../platform/errors";
import { logger } from "../platform/logger";
import { requestSeconds } from "../platform/metrics";
import type { Context } from "./context";

/** The data of an error that the caller receives: the reason and the request's id, never the cause. */
type ErrorData = { reason: string | null; requestId: string } & RefusalData;

const MESSAGES: Partial<Record<TRPCError["code"], string>> = {
  INTERNAL_SERVER_ERROR: "Something went wrong on our side",
  BAD_REQUEST: "Input validation failed",
};

/** Returns the refusal that caused an error, or null for invalid input and internal errors. */
const refusalOf = (error: TRPCError) => (error.cause instanceof AppError ? error.cause : null);

export const t = initTRPC
  .context<Context>()
  .meta<OpenApiMeta>()
  .create({
    errorFormatter({ shape, error, ctx }) {
      const refusal = refusalOf(error);
      const data: ErrorData = {
        reason: refusal?.reason ?? (error.code === "BAD_REQUEST" ? "INVALID_INPUT" : null),
        requestId: ctx?.requestId ?? "",
        ...refusal?.data,
      };
      const { code, httpStatus } = shape.data;
      return {
        ...shape,
        message: refusal?.reason ?? MESSAGES[error.code] ?? error.code,
        data: { code, httpStatus, ...data },
      };
    },
  });

/** Translates a database failure into a refusal. Anything else that was thrown is an internal error. */
function asTrpcError(error: TRPCError): TRPCError {
  if (error.code !== "INTERNAL_SERVER_ERROR") return error;
  const cause = fromDatabase(error.cause);
  return cause instanceof AppError ? new TRPCError({ code: cause.code, cause }) : error;
}

/** Logs and times each call, and translates what it throws into an error for the caller. */
export const observed = t.middleware(async ({ ctx, path, type, next }) => {
  const started = performance.now();
  const result = await next();
  const error = result.ok ? null : asTrpcError(result.error);
  const refusal = error ? refusalOf(error) : null;
  if (refusal?.replayed) ctx.response.replayed = true;
  const ms = performance.now() - started;
  const code = error?.code ?? "OK";
  requestSeconds.observe({ path, code }, ms / 1000);
  const session = await ctx.knownSession()?.catch(() => null);
  const event = {
    requestId: ctx.requestId,
    path,
    type,
    code,
    reason: refusal?.reason,
    ms: Math.round(ms * 10) / 10,
    userId: session?.userId,
    role: session?.role,
    replayed: ctx.response.replayed || undefined,
  };
  if (code === "INTERNAL_SERVER_ERROR")
    logger.error({ ...event, err: error?.cause }, "call failed");
  else logger.info(event, "call");
  if (error) throw error;
  return result;
});
