import { inFile } from "./mutation";

const RATE_LIMIT = "src/server/platform/rate-limit.ts";

/** Guards of rate limits, and of the address that they count. */
export const RATE_LIMIT_MUTATIONS = [
  ...inFile(RATE_LIMIT, "rate-limit-endpoints", {
    "no rate limit applies": ["  if (success) return;", "  if (success || reset >= 0) return;"],
  }),
  ...inFile(RATE_LIMIT, "client-address", {
    "each address of an IPv6 network has its own rate limit": [
      'policy.endsWith("PerAddress") ? networkOf(identifier) : identifier',
      'policy.endsWith("None") ? networkOf(identifier) : identifier',
    ],
  }),
  ...inFile("src/server/trpc/node.ts", "client-address", {
    "a client can choose its own address": [
      "  headers[ADDRESS] = address;\n",
      "  headers[ADDRESS] ??= address;\n",
    ],
    "a client behind a proxy can choose its own address": [
      "seen.at(-env.TRUST_PROXY)",
      "seen.at(0)",
    ],
    "an address header is trusted without a proxy": ["env.TRUST_PROXY > 0 ? (seen", "env ? (seen"],
  }),
  ...inFile("src/server/trpc/http.ts", "open-procedures", {
    "a batch can contain any number of calls": ["    maxBatchSize: MAX_BATCH_SIZE,\n", ""],
  }),
  ...inFile("src/server/trpc/procedures.ts", "open-procedures", {
    "procedures without sign-in have no rate limit": [
      "    await enforceRateLimit(policy, ctx.address);\n",
      "    if (policy === ctx.address) return next();\n",
    ],
  }),
  ...inFile("src/server/platform/connection-queue.ts", "unit/connection-queue", {
    "a connection can have any number of requests answered at the same time": [
      "const MAX_CONCURRENT = 10;",
      "const MAX_CONCURRENT = 10_000;",
    ],
  }),
  ...inFile(RATE_LIMIT, "rate-limits-in-redis", {
    "a request waits for an unresponsive Redis": ["timeout: STORE_TIMEOUT_MS,", "timeout: 60_000,"],
    "strict rate limits do not apply while Redis is unavailable": [
      "POLICIES[policy].strict ? limiter.local",
      "POLICIES[policy].requests === 0 ? limiter.local",
    ],
    "Redis receives addresses of people": [
      "hashIdentifier(counted));",
      "counted && hashIdentifier && counted);",
    ],
  }),
  ...inFile("src/server/platform/rate-limit-store.ts", "rate-limits-in-redis", {
    "Redis receives scripts with a header that only Upstash understands": [
      'script.replace(/^#!lua[^\\n]*\\n/, "")',
      "script",
    ],
  }),
  ...inFile(RATE_LIMIT, "redis-degraded", {
    "the keys of one caller are spread over a Redis cluster": [
      'digest("base64url")}}`;',
      'digest("base64url")}}`.slice(1);',
    ],
  }),
];
