import { inFile } from "./mutation";

const MAIN = "src/server/main.ts";
const QUERY_INPUT = "src/server/trpc/query-input.ts";

/** Guards of HTTP requests: origins, headers, sizes, times, inputs and shutdown. */
export const REQUEST_MUTATIONS = [
  ...inFile("src/server/trpc/http.ts", "headers", [
    {
      defect: "pages of other origins can call tRPC",
      find: '  if (isForeign(headers)) return refusal("FOREIGN_ORIGIN", requestId);\n',
      replace: "",
    },
    {
      defect: "a page of another origin can use our cookie over REST",
      find: "callRest(withoutForeignCookie(request), requestId)",
      replace: "callRest(withoutForeignCookie(request) && request, requestId)",
    },
    {
      defect: "a page of another origin can write over REST",
      find: "isForbiddenWrite(request)\n",
      replace: "isForbiddenWrite(request) && request.bodyUsed\n",
    },
  ]),
  ...inFile("src/server/trpc/origin.ts", "headers", [
    {
      defect: "every origin is allowed",
      find: "origin && env.ALLOWED_ORIGINS.includes(origin) ? origin : null",
      replace: "origin",
    },
  ]),
  ...inFile("src/app/api/auth/[...nextauth]/route.ts", "callback-urls", [
    {
      defect: "next-auth can redirect to any address",
      find: "URL.canParse(text, base) &&",
      replace: "!URL.canParse(text, base) ||",
    },
  ]),
  ...inFile("src/server/platform/headers.ts", "headers", [
    {
      defect: "API answers have no content security policy",
      find: "  \"content-security-policy\": \"default-src 'none'; frame-ancestors 'none'\",\n",
      replace: "",
    },
    {
      defect: "caches can store answers with personal data",
      find: '  "cache-control": "no-store",\n',
      replace: "",
    },
    {
      defect: "browsers are not told to stay with HTTPS",
      find: "...(isHttps() && {",
      replace: "...(isHttps() && false && {",
    },
  ]),
  ...inFile("src/server/trpc/node.ts", "node-server", [
    {
      defect: "a request body can have any size",
      find: "    if (size > BODY_LIMIT) return null;\n",
      replace: "",
    },
  ]),
  ...inFile(MAIN, "node-server", [
    {
      defect: "a request can take any time to arrive",
      find: `    requestTimeout,
    headersTimeout: requestTimeout / 2,`,
      replace: `    requestTimeout: 0,
    headersTimeout: 0,`,
    },
  ]),
  ...inFile(MAIN, "request-timeout", [
    {
      defect: "a call can take any time",
      find: "    }, limitMs);",
      replace: "    }, limitMs * 1000);",
    },
  ]),
  ...inFile(MAIN, "request-lines", [
    {
      defect: "a malformed request line reaches the app",
      find: "    if (fault) return refuse(exchange, fault);\n",
      replace: "    if (fault && !exchange.requestId) return;\n",
    },
  ]),
  ...inFile(QUERY_INPUT, "wrong-types", [
    {
      defect: "a query parameter accepts every text that JavaScript reads as a number",
      find: "INTEGER.test(text)",
      replace: "text.trim()",
    },
  ]),
  ...inFile(QUERY_INPUT, "unit/query-input", [
    {
      defect: "every boolean in a query parameter is true",
      find: 'return text === "true";',
      replace: "return Boolean(text);",
    },
  ]),
  ...inFile("src/server/platform/schema.ts", "wrong-types", [
    {
      defect: "tRPC accepts text as a page size",
      find: "limit: z.int()",
      replace: "limit: z.coerce.number().int()",
    },
  ]),
  ...inFile("src/server/platform/page.ts", "cursors", [
    {
      defect: "a cursor of another list is accepted",
      find: "itsTag === tag && isKey(key)",
      replace: "isKey(key)",
    },
  ]),
  ...inFile("src/env.ts", "unit/env", [
    {
      defect: "a production configuration can name an Inngest dev server",
      find: 'isProductionIn(given) && (given.INNGEST_DEV ?? "0") !== "0"',
      replace: 'isProductionIn(given) && given.INNGEST_DEV === ""',
    },
  ]),
  ...inFile("src/server/platform/drain.ts", "server-shutdown", [
    {
      defect: "a stopping process reports that it is ready",
      find: "export const isDraining = (): boolean => isStopping;",
      replace: "export const isDraining = (): boolean => isStopping && open.size < 0;",
    },
    {
      defect: "a stopping process keeps its connections open",
      find: "  outgoing.shouldKeepAlive &&= !isStopping;\n",
      replace: "",
    },
    {
      defect: "a stopping process refuses new connections at once",
      find: "    if (graceMs > 0) await sleep(graceMs);\n",
      replace: "    if (graceMs < 0) await sleep(graceMs);\n",
    },
  ]),
];
