import { experimental_standaloneMiddleware, TRPCError } from "@trpc/server";
import type { OpenApiMeta, OpenApiMethod } from "trpc-to-openapi";
import { env } from "@/env";
import type { Role } from "../accounts/schema";
import { auditRead, recordRefusal } from "../audit/commands";
import { adminReadEntry } from "../audit/rules";
import type { Actor } from "../audit/schema";
import { bookingScopeOf } from "../bookings/rules";
import { AppError, type Reason } from "../platform/errors";
import { writeOnce } from "../platform/idempotency";
import { enforceRateLimit } from "../platform/rate-limit";
import type { AddressPolicy } from "../platform/rate-limit-policies";
import type { Tx } from "../platform/transaction";
import type { Context } from "./context";
import { observed, t } from "./init";

export const { router, mergeRouters, createCallerFactory } = t;

/** Describes a procedure's REST endpoint and its documentation. An open one needs no sign-in. */
export const rest = (
  method: OpenApiMethod,
  path: `/${string}`,
  tag: "Accounts" | "Doctors" | "Bookings" | "Admin",
  summary: string,
  access: "protected" | "open" = "protected",
): OpenApiMeta => ({
  openapi: { method, path, summary, tags: [tag], protect: access === "protected" },
});

const refuse = (reason: Reason) => {
  const cause = new AppError(reason);
  return new TRPCError({ code: cause.code, cause });
};

/** Ids with a type that only the procedures below create: they prove that the role was checked. */
declare const scope: unique symbol;
type PatientId = string & { [scope]: "patient" };
type DoctorId = string & { [scope]: "doctor" };

export type SignedInActor = Actor & { userId: string; role: Role; sessionId: string };

const anyone = t.procedure.use(observed);

/** Anyone, within the rate limit of the caller's address. Each call of a batch counts. */
export const publicProcedure = (policy: AddressPolicy) =>
  anyone.use(async ({ ctx, next }) => {
    await enforceRateLimit(policy, ctx.address);
    return next();
  });

/** Anyone with a valid session. */
export const signedIn = anyone.use(async ({ ctx, next }) => {
  const session = await ctx.session();
  if (!session) throw refuse("NOT_SIGNED_IN");
  const { userId, role, sessionId } = session;
  const actor: SignedInActor = { userId, role, sessionId, requestId: ctx.requestId };
  return next({ ctx: { session: async () => session, actor, doctorId: session.doctorId } });
});

/** Records a refused call in the audit log. @throws RATE_LIMITED after too many refusals. */
async function deny(actor: SignedInActor, path: string, reason: Reason): Promise<TRPCError> {
  await enforceRateLimit("refusalsPerUser", actor.userId);
  await recordRefusal(actor, path, reason);
  return refuse(reason);
}

/** Signed in, with a second factor if REQUIRE_MFA names the role. */
export const mfaVerified = signedIn.use(async ({ ctx, path, next, type, getRawInput }) => {
  const session = await ctx.session();
  const required: readonly Role[] = env.REQUIRE_MFA;
  if (required.includes(session.role) && !session.mfa) {
    throw await deny(ctx.actor, path, "MFA_ENROLMENT_REQUIRED");
  }
  const result = await next({
    ctx: { bookingScope: bookingScopeOf(ctx.actor, ctx.doctorId) },
  });
  // What an admin reads about others is audited before it is returned.
  const isReading = type === "query" || path === "audit.verify";
  if (result.ok && isReading && session.role === "admin" && !path.startsWith("me.")) {
    await auditRead(ctx.actor, adminReadEntry(path, await getRawInput(), result.data));
  }
  return result;
});

const KEY = /^[\x20-\x7e]{1,255}$/;

type Writer = <T>(
  input: unknown,
  work: (tx: Tx) => Promise<T>,
  recover?: (reason: Reason) => Promise<boolean>,
) => Promise<T>;

/** Adds `ctx.write`, which runs a write once per Idempotency-Key, in one Serializable transaction. */
const writing = experimental_standaloneMiddleware<{
  ctx: Pick<Context, "idempotencyKey" | "response"> & { actor: SignedInActor };
}>().create(async ({ ctx, path, next }) => {
  const key = ctx.idempotencyKey;
  if (!key || !KEY.test(key)) throw refuse("IDEMPOTENCY_KEY_REQUIRED");
  await enforceRateLimit("writesPerUser", ctx.actor.userId);
  const write: Writer = async (input, work, recover) => {
    const scope = { userId: ctx.actor.userId, procedure: path, key };
    const { value, replayed } = await writeOnce(scope, input, work, recover);
    ctx.response.replayed = replayed;
    return value;
  };
  return next({ ctx: { write } });
});

const requireRole = async (actor: SignedInActor, role: Role, path: string) => {
  if (actor.role !== role) throw await deny(actor, path, "ROLE_REQUIRED");
};

/** Patients only. Their data is selected by `ctx.patientId`. */
export const patient = mfaVerified.use(async ({ ctx, path, next }) => {
  await requireRole(ctx.actor, "patient", path);
  return next({ ctx: { patientId: ctx.actor.userId as PatientId } });
});

/** Doctors only. Their data is selected by `ctx.doctorId`. */
export const doctor = mfaVerified.use(async ({ ctx, path, next }) => {
  await requireRole(ctx.actor, "doctor", path);
  if (!ctx.doctorId) throw refuse("ROLE_REQUIRED");
  return next({ ctx: { doctorId: ctx.doctorId as DoctorId } });
});

export const admin = mfaVerified.use(async ({ ctx, path, next }) => {
  await requireRole(ctx.actor, "admin", path);
  return next();
});

export const signedInWrite = signedIn.use(writing);
export const mfaVerifiedWrite = mfaVerified.use(writing);
export const patientWrite = patient.use(writing);
export const doctorWrite = doctor.use(writing);
export const adminWrite = admin.use(writing);
