import { inFile } from "./mutation";

const RATE_LIMIT = "src/server/platform/rate-limit.ts";

/** Guards of rate limits, and of the address that they count. */
export const RATE_LIMIT_MUTATIONS = [
  ...inFile(RATE_LIMIT, "rate-limit-endpoints", [
    {
      defect: "no rate limit applies",
      find: "  if (success) return;",
      replace: "  if (success || reset >= 0) return;",
    },
    {
      defect: "each address of an IPv6 network has its own rate limit",
      find: 'policy.endsWith("PerAddress") ? networkOf(identifier) : identifier',
      replace: 'policy.endsWith("None") ? networkOf(identifier) : identifier',
    },
  ]),
  ...inFile("src/server/trpc/node.ts", "rate-limit-endpoints", [
    {
      defect: "a client can choose its own address",
      find: "  headers[ADDRESS] = address;\n",
      replace: "  headers[ADDRESS] ??= address;\n",
    },
    {
      defect: "a client behind a proxy can choose its own address",
      find: "seen.at(-env.TRUST_PROXY)",
      replace: "seen.at(0)",
    },
    {
      defect: "an address header is trusted without a proxy",
      find: "env.TRUST_PROXY > 0 ? (seen",
      replace: "env ? (seen",
    },
  ]),
  ...inFile("src/server/trpc/http.ts", "open-procedures", [
    {
      defect: "a batch can contain any number of calls",
      find: "    maxBatchSize: BATCH_LIMIT,\n",
      replace: "",
    },
  ]),
  ...inFile("src/server/trpc/procedures.ts", "open-procedures", [
    {
      defect: "procedures without sign-in have no rate limit",
      find: "    await limit(policy, ctx.address);\n",
      replace: "    if (policy === ctx.address) return next();\n",
    },
  ]),
  ...inFile("src/server/platform/turns.ts", "unit/turns", [
    {
      defect: "a connection can have any number of requests answered at the same time",
      find: "const AT_ONCE = 10;",
      replace: "const AT_ONCE = 10_000;",
    },
  ]),
  ...inFile(RATE_LIMIT, "rate-limits-in-redis", [
    {
      defect: "a request waits for an unresponsive Redis",
      find: "timeout: PATIENCE_MS,",
      replace: "timeout: 60_000,",
    },
    {
      defect: "strict rate limits do not apply while Redis is unavailable",
      find: "POLICIES[policy].strict ? limiter.local",
      replace: "POLICIES[policy].requests === 0 ? limiter.local",
    },
    {
      defect: "Redis receives addresses of people",
      find: "withoutNames(counted));",
      replace: "counted && withoutNames && counted);",
    },
  ]),
  ...inFile("src/server/platform/rate-limit-store.ts", "rate-limits-in-redis", [
    {
      defect: "Redis receives scripts with a header that only Upstash understands",
      find: 'script.replace(/^#!lua[^\\n]*\\n/, "")',
      replace: "script",
    },
  ]),
  ...inFile(RATE_LIMIT, "redis-degraded", [
    {
      defect: "the keys of one caller are spread over a Redis cluster",
      find: 'digest("base64url")}}`;',
      replace: 'digest("base64url")}}`.slice(1);',
    },
  ]),
];
