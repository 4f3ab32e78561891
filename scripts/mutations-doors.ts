import type { Mutation } from "./mutations";

const HTTP = "src/server/trpc/http.ts";
const ORIGIN = "src/server/trpc/origin.ts";
const HEADERS = "src/server/platform/headers.ts";
const MAIN = "src/server/main.ts";
const QUERY_INPUT = "src/server/trpc/query-input.ts";
const JOBS_DOOR = "src/server/platform/inngest/server.ts";
const RATE_LIMIT = "src/server/platform/rate-limit.ts";

/** Guards of the doors: who may call from a browser, what an answer says, how much and how long. */
export const DOOR_MUTATIONS: Mutation[] = [
  {
    says: "pages of other origins may call tRPC",
    file: HTTP,
    find: '  if (isForeign(headers)) return refusal("FOREIGN_ORIGIN", requestId);\n',
    replace: "",
    tests: ["headers"],
  },
  {
    says: "a foreign page acts by our cookie over REST",
    file: HTTP,
    find: "callRest(withoutForeignCookie(request), requestId)",
    replace: "callRest(withoutForeignCookie(request) && request, requestId)",
    tests: ["headers"],
  },
  {
    says: "a foreign page may write over REST",
    file: HTTP,
    find: "isForbiddenWrite(request)\n",
    replace: "isForbiddenWrite(request) && request.bodyUsed\n",
    tests: ["headers"],
  },
  {
    says: "every origin is on the list",
    file: ORIGIN,
    find: "origin && env.ALLOWED_ORIGINS.includes(origin) ? origin : null",
    replace: "origin",
    tests: ["headers"],
  },
  {
    says: "every text that JavaScript reads as a number is a number in an address",
    file: QUERY_INPUT,
    find: "INTEGER.test(text)",
    replace: "text.trim()",
    tests: ["wrong-types"],
  },
  {
    says: "every boolean in an address is true",
    file: QUERY_INPUT,
    find: 'return text === "true";',
    replace: "return Boolean(text);",
    tests: ["unit/query-input"],
  },
  {
    says: "tRPC takes text for the length of a list",
    file: "src/server/platform/schema.ts",
    find: "limit: z.int()",
    replace: "limit: z.coerce.number().int()",
    tests: ["wrong-types"],
  },
  {
    says: "data has no policy",
    file: HEADERS,
    find: "  \"content-security-policy\": \"default-src 'none'; frame-ancestors 'none'\",\n",
    replace: "",
    tests: ["headers"],
  },
  {
    says: "answers with personal data may be kept",
    file: HEADERS,
    find: '  "cache-control": "no-store",\n',
    replace: "",
    tests: ["headers"],
  },
  {
    says: "nobody is told to stay with https",
    file: HEADERS,
    find: "...(isHttps() && {",
    replace: "...(isHttps() && false && {",
    tests: ["headers"],
  },
  {
    says: "a body may be as long as it likes",
    file: MAIN,
    find: "    if (size > BODY_LIMIT) return null;\n",
    replace: "",
    tests: ["node-server"],
  },
  {
    says: "a request may take as long as it likes to arrive",
    file: MAIN,
    find: "    requestTimeout,\n    headersTimeout: requestTimeout / 2,",
    replace: "    requestTimeout: 0,\n    headersTimeout: 0,",
    tests: ["node-server"],
  },
  {
    says: "a call may hang as long as it likes",
    file: MAIN,
    find: "    }, limitMs);",
    replace: "    }, limitMs * 1000);",
    tests: ["answer-limit"],
  },
  {
    says: "a caller says himself which address he has",
    file: MAIN,
    find: '    incoming.headers["x-client-address"] = clientAddressOf(incoming);\n',
    replace: "",
    tests: ["rate-limit-doors"],
  },
  {
    says: "a caller behind a proxy says which address he has",
    file: MAIN,
    find: "seen.at(-env.TRUST_PROXY)",
    replace: "seen.at(0)",
    tests: ["rate-limit-doors"],
  },
  {
    says: "a caller without a proxy is believed too",
    file: MAIN,
    find: "env.TRUST_PROXY > 0 ? seen",
    replace: "env ? seen",
    tests: ["rate-limit-doors"],
  },
  {
    says: "nobody is limited in anything",
    file: RATE_LIMIT,
    find: "  if (success) return;",
    replace: "  if (success || reset >= 0) return;",
    tests: ["rate-limit-doors"],
  },
  {
    says: "a batch may hold any number of calls",
    file: HTTP,
    find: "    maxBatchSize: BATCH_LIMIT,\n",
    replace: "",
    tests: ["open-procedures"],
  },
  {
    says: "calls that need no sign-in count for nobody",
    file: "src/server/trpc/procedures.ts",
    find: "    await limit(policy, ctx.address);\n",
    replace: "    if (policy === ctx.address) return next();\n",
    tests: ["open-procedures"],
  },
  {
    says: "a production may name an Inngest dev server",
    file: "src/env.ts",
    find: 'isProductionIn(given) && (given.INNGEST_DEV ?? "0") !== "0"',
    replace: 'isProductionIn(given) && given.INNGEST_DEV === ""',
    tests: ["unit/env"],
  },
  {
    says: "nobody asks who signed a call of the functions",
    file: JOBS_DOOR,
    find: "enableUnauthedSync: false",
    replace: "skipSignatureValidation: true",
    tests: ["integration/jobs/served-keys"],
  },
  {
    says: "anybody may make the app register with the Inngest server",
    file: JOBS_DOOR,
    find: ", enableUnauthedSync: false",
    replace: "",
    tests: ["integration/jobs/served-keys"],
  },
  {
    says: "whoever asks for a registration says where the functions are",
    file: JOBS_DOOR,
    find: "functions, ...place(), enableUnauthedSync",
    replace: "functions, enableUnauthedSync",
    tests: ["integration/jobs/served"],
  },
  {
    says: "mail leaves this machine in the clear",
    file: "src/server/notifications/channels.ts",
    find: "requireTLS: !LOCAL.includes(new URL(url).hostname)",
    replace: "requireTLS: false",
    tests: ["mail-server"],
  },
  {
    says: "a cursor of another list is taken",
    file: "src/server/platform/page.ts",
    find: "itsTag === tag && isKey(key)",
    replace: "isKey(key)",
    tests: ["cursors"],
  },
];
