import { inFile } from "./mutation";

const MAIN = "src/server/main.ts";
const QUERY_INPUT = "src/server/trpc/query-input.ts";

/** Guards of HTTP requests: origins, headers, sizes, times, inputs and shutdown. */
export const REQUEST_MUTATIONS = [
  ...inFile("src/server/trpc/http.ts", "headers", {
    "pages of other origins can call tRPC": [
      '  if (isForeign(headers)) return refusal("FOREIGN_ORIGIN", requestId);\n',
      "",
    ],
    "a page of another origin can use our cookie over REST": [
      "callRest(withoutForeignCookie(request), requestId)",
      "callRest(withoutForeignCookie(request) && request, requestId)",
    ],
    "a page of another origin can write over REST": [
      "isForbiddenWrite(request)\n",
      "isForbiddenWrite(request) && request.bodyUsed\n",
    ],
  }),
  ...inFile("src/server/trpc/origin.ts", "headers", {
    "every origin is allowed": [
      "origin && env.ALLOWED_ORIGINS.includes(origin) ? origin : null",
      "origin",
    ],
  }),
  ...inFile("src/app/api/auth/[...nextauth]/route.ts", "callback-urls", {
    "next-auth can redirect to any address": [
      "URL.canParse(text, base) &&",
      "!URL.canParse(text, base) ||",
    ],
  }),
  ...inFile("src/server/platform/headers.ts", "headers", {
    "API answers have no content security policy": [
      "  \"content-security-policy\": \"default-src 'none'; frame-ancestors 'none'\",\n",
      "",
    ],
    "caches can store answers with personal data": ['  "cache-control": "no-store",\n', ""],
    "browsers are not told to stay with HTTPS": [
      "...(isHttps() && {",
      "...(isHttps() && false && {",
    ],
  }),
  ...inFile("src/server/platform/body.ts", "node-server", {
    "a request body can have any size": ["    if (size > MAX_BODY_BYTES) return null;\n", ""],
  }),
  ...inFile(MAIN, "node-server", {
    "a request can take any time to arrive": [
      `    requestTimeout,
    headersTimeout: requestTimeout / 2,`,
      `    requestTimeout: 0,
    headersTimeout: 0,`,
    ],
  }),
  ...inFile(MAIN, "request-timeout", {
    "a call can take any time": ["await sleep(timeoutMs,", "await sleep(timeoutMs * 1000,"],
  }),
  ...inFile(MAIN, "request-lines", {
    "a malformed request line reaches the app": [
      "    if (fault) return refuse(exchange, fault);\n",
      "    if (fault && !exchange.requestId) return;\n",
    ],
  }),
  ...inFile(QUERY_INPUT, "wrong-types", {
    "a query parameter accepts every text that JavaScript reads as a number": [
      "INTEGER.test(text)",
      "text.trim()",
    ],
  }),
  ...inFile(QUERY_INPUT, "unit/query-input", {
    "every boolean in a query parameter is true": [
      'return text === "true";',
      "return Boolean(text);",
    ],
  }),
  ...inFile("src/server/platform/schema.ts", "wrong-types", {
    "tRPC accepts text as a page size": ["limit: z.int()", "limit: z.coerce.number().int()"],
  }),
  ...inFile("src/server/platform/page.ts", "cursors", {
    "a cursor of another list is accepted": ["cursorTag === tag && isKey(key)", "isKey(key)"],
  }),
  ...inFile("src/env.ts", "unit/env", {
    "a production configuration can name an Inngest dev server": [
      'isProductionIn(given) && (given.INNGEST_DEV ?? "0") !== "0"',
      'isProductionIn(given) && given.INNGEST_DEV === ""',
    ],
  }),
  ...inFile("src/server/platform/drain.ts", "server-shutdown", {
    "a stopping process reports that it is ready": [
      "export const isDraining = (): boolean => isStopping;",
      "export const isDraining = (): boolean => isStopping && open.size < 0;",
    ],
    "a stopping process keeps its connections open": [
      "  outgoing.shouldKeepAlive &&= !isStopping;\n",
      "",
    ],
    "a stopping process refuses new connections at once": [
      "    if (graceMs > 0) await sleep(graceMs);\n",
      "    if (graceMs < 0) await sleep(graceMs);\n",
    ],
  }),
];
