import { startCheckout } from "@/server/payments/commands/checkout";
import { AppError } from "@/server/platform/errors";
import { logger } from "@/server/platform/logger";
import { enforceRateLimit } from "@/server/platform/rate-limit";
import { id } from "@/server/platform/schema";
import { createCallerFromHeaders } from "@/server/trpc/caller";
import { requestIdOf } from "@/server/trpc/context";

const goTo = (location: string) =>
  new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });

/** Returns a page without scripts and styles, so that it works when other parts fail. */
function page(status: number, text: string, headers: Record<string, string> = {}): Response {
  const html = `<!doctype html><html lang="en-IN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Payment · Amrutam</title><main><p>${text}</p></main></html>`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });
}

function refused(error: unknown, path: string, requestId: string): Response {
  if (error instanceof AppError && error.code === "NOT_FOUND") {
    return page(404, 'We found no such payment. <a href="/bookings">My bookings</a>');
  }
  logger.warn({ requestId, err: error }, "checkout not started");
  const limited = error instanceof AppError && error.code === "TOO_MANY_REQUESTS";
  const wait = (error instanceof AppError && error.data.retryAfterSeconds) || 5;
  return page(
    limited ? 429 : 503,
    `We could not reach the payment page just now. You have not been charged. <a href="${path}">Try again</a> or go back to <a href="/bookings">your bookings</a>.`,
    { "retry-after": String(wait), "x-request-id": requestId },
  );
}

/**
 * Redirects the patient to Stripe's checkout. If the booking cannot be paid, it redirects to the booking.
 * Guests go to sign-in.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ paymentId: string }> },
): Promise<Response> {
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const paymentId = id.safeParse((await params).paymentId);
  const path = `/checkout/stripe/${paymentId.data ?? ""}`;
  try {
    const session = await createCallerFromHeaders(request.headers).session();
    if (!session) return goTo(`/sign-in?next=${encodeURIComponent(path)}`);
    if (!paymentId.success) throw new AppError("NOT_FOUND");
    await enforceRateLimit("writesPerUser", session.userId);
    const { bookingId, url } = await startCheckout(session, paymentId.data);
    return goTo(url ?? `/bookings/${bookingId}`);
  } catch (error) {
    return refused(error, path, requestId);
  }
}
