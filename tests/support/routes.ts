import { LOCAL, localMark } from "@/server/trpc/context";

type Handler = (request: Request) => Response | Promise<Response>;

/** The route files of the API by path, as Next chooses them on a serverless host. */
const ROUTES: Array<[RegExp, () => Promise<object>]> = [
  [/^\/api\/trpc\/./, () => import("@/app/api/trpc/[trpc]/route")],
  [/^\/api\/v1\/./, () => import("@/app/api/v1/[...path]/route")],
  [
    /^\/api\/webhooks\/payments\/[^/]+$/,
    () => import("@/app/api/webhooks/payments/[provider]/route"),
  ],
  [/^\/api\/openapi\.json$/, () => import("@/app/api/openapi.json/route")],
  [/^\/api\/health\/live$/, () => import("@/app/api/health/live/route")],
  [/^\/api\/health\/ready$/, () => import("@/app/api/health/ready/route")],
  [/^\/dev\/mailbox\.json$/, () => import("@/app/dev/mailbox.json/route")],
  [/^\/api\/metrics$/, () => import("@/app/api/metrics/route")],
];

/** Answers a request with the route handler that Next chooses. */
export async function routeHandlers(path: string, init: RequestInit): Promise<Response> {
  const request = new Request(`http://localhost${path}`, init);
  // The Node server marks callers on this machine in the same way.
  request.headers.set(LOCAL, localMark());
  const { pathname } = new URL(request.url);
  const route = ROUTES.find(([pattern]) => pattern.test(pathname));
  const handlers = await route?.[1]();
  if (!handlers) return new Response(null, { status: 404 });
  const handler = Reflect.get(handlers, request.method) as Handler | undefined;
  return handler ? handler(request) : new Response(null, { status: 405 });
}
