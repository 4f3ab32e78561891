import type { Mutation } from "./mutation";

const HTTP = "src/server/trpc/http.ts";
const HEADERS = "src/server/platform/headers.ts";
const MAIN = "src/server/main.ts";
const QUERY_INPUT = "src/server/trpc/query-input.ts";
const DRAIN = "src/server/platform/drain.ts";

/** Guards of HTTP requests: origins, headers, sizes, times, inputs and shutdown. */
export const REQUEST_MUTATIONS: Mutation[] = [
  {
    defect: "pages of other origins can call tRPC",
    file: HTTP,
    find: '  if (isForeign(headers)) return refusal("FOREIGN_ORIGIN", requestId);\n',
    replace: "",
    tests: ["headers"],
  },
  {
    defect: "a page of another origin can use our cookie over REST",
    file: HTTP,
    find: "callRest(withoutForeignCookie(request), requestId)",
    replace: "callRest(withoutForeignCookie(request) && request, requestId)",
    tests: ["headers"],
  },
  {
    defect: "a page of another origin can write over REST",
    file: HTTP,
    find: "isForbiddenWrite(request)\n",
    replace: "isForbiddenWrite(request) && request.bodyUsed\n",
    tests: ["headers"],
  },
  {
    defect: "every origin is allowed",
    file: "src/server/trpc/origin.ts",
    find: "origin && env.ALLOWED_ORIGINS.includes(origin) ? origin : null",
    replace: "origin",
    tests: ["headers"],
  },
  {
    defect: "next-auth can redirect to any address",
    file: "src/app/api/auth/[...nextauth]/route.ts",
    find: "URL.canParse(text, base) &&",
    replace: "!URL.canParse(text, base) ||",
    tests: ["callback-urls"],
  },
  {
    defect: "API answers have no content security policy",
    file: HEADERS,
    find: "  \"content-security-policy\": \"default-src 'none'; frame-ancestors 'none'\",\n",
    replace: "",
    tests: ["headers"],
  },
  {
    defect: "caches can store answers with personal data",
    file: HEADERS,
    find: '  "cache-control": "no-store",\n',
    replace: "",
    tests: ["headers"],
  },
  {
    defect: "browsers are not told to stay with HTTPS",
    file: HEADERS,
    find: "...(isHttps() && {",
    replace: "...(isHttps() && false && {",
    tests: ["headers"],
  },
  {
    defect: "a request body can have any size",
    file: "src/server/trpc/node.ts",
    find: "    if (size > BODY_LIMIT) return null;\n",
    replace: "",
    tests: ["node-server"],
  },
  {
    defect: "a request can take any time to arrive",
    file: MAIN,
    find: `    requestTimeout,
    headersTimeout: requestTimeout / 2,`,
    replace: `    requestTimeout: 0,
    headersTimeout: 0,`,
    tests: ["node-server"],
  },
  {
    defect: "a call can take any time",
    file: MAIN,
    find: "    }, limitMs);",
    replace: "    }, limitMs * 1000);",
    tests: ["request-timeout"],
  },
  {
    defect: "a malformed request line reaches the app",
    file: MAIN,
    find: "    if (fault) return refuse(exchange, fault);\n",
    replace: "    if (fault && !exchange.requestId) return;\n",
    tests: ["request-lines"],
  },
  {
    defect: "a query parameter accepts every text that JavaScript reads as a number",
    file: QUERY_INPUT,
    find: "INTEGER.test(text)",
    replace: "text.trim()",
    tests: ["wrong-types"],
  },
  {
    defect: "every boolean in a query parameter is true",
    file: QUERY_INPUT,
    find: 'return text === "true";',
    replace: "return Boolean(text);",
    tests: ["unit/query-input"],
  },
  {
    defect: "tRPC accepts text as a page size",
    file: "src/server/platform/schema.ts",
    find: "limit: z.int()",
    replace: "limit: z.coerce.number().int()",
    tests: ["wrong-types"],
  },
  {
    defect: "a cursor of another list is accepted",
    file: "src/server/platform/page.ts",
    find: "itsTag === tag && isKey(key)",
    replace: "isKey(key)",
    tests: ["cursors"],
  },
  {
    defect: "a production configuration can name an Inngest dev server",
    file: "src/env.ts",
    find: 'isProductionIn(given) && (given.INNGEST_DEV ?? "0") !== "0"',
    replace: 'isProductionIn(given) && given.INNGEST_DEV === ""',
    tests: ["unit/env"],
  },
  {
    defect: "a stopping process reports that it is ready",
    file: DRAIN,
    find: "export const isDraining = (): boolean => isStopping;",
    replace: "export const isDraining = (): boolean => isStopping && open.size < 0;",
    tests: ["server-shutdown"],
  },
  {
    defect: "a stopping process keeps its connections open",
    file: DRAIN,
    find: "  outgoing.shouldKeepAlive &&= !isStopping;\n",
    replace: "",
    tests: ["server-shutdown"],
  },
  {
    defect: "a stopping process refuses new connections at once",
    file: DRAIN,
    find: "    if (graceMs > 0) await sleep(graceMs);\n",
    replace: "    if (graceMs < 0) await sleep(graceMs);\n",
    tests: ["server-shutdown"],
  },
];
