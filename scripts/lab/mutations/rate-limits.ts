import type { Mutation } from "./mutation";

const RATE_LIMIT = "src/server/platform/rate-limit.ts";
const NODE = "src/server/trpc/node.ts";

/** Guards of rate limits, and of the address that they count. */
export const RATE_LIMIT_MUTATIONS: Mutation[] = [
  {
    defect: "no rate limit applies",
    file: RATE_LIMIT,
    find: "  if (success) return;",
    replace: "  if (success || reset >= 0) return;",
    tests: ["rate-limit-endpoints"],
  },
  {
    defect: "each address of an IPv6 network has its own rate limit",
    file: RATE_LIMIT,
    find: 'policy.endsWith("PerAddress") ? networkOf(identifier) : identifier',
    replace: 'policy.endsWith("None") ? networkOf(identifier) : identifier',
    tests: ["rate-limit-endpoints"],
  },
  {
    defect: "a client can choose its own address",
    file: NODE,
    find: "  headers[ADDRESS] = address;\n",
    replace: "  headers[ADDRESS] ??= address;\n",
    tests: ["rate-limit-endpoints"],
  },
  {
    defect: "a client behind a proxy can choose its own address",
    file: NODE,
    find: "seen.at(-env.TRUST_PROXY)",
    replace: "seen.at(0)",
    tests: ["rate-limit-endpoints"],
  },
  {
    defect: "an address header is trusted without a proxy",
    file: NODE,
    find: "env.TRUST_PROXY > 0 ? (seen",
    replace: "env ? (seen",
    tests: ["rate-limit-endpoints"],
  },
  {
    defect: "a batch can contain any number of calls",
    file: "src/server/trpc/http.ts",
    find: "    maxBatchSize: BATCH_LIMIT,\n",
    replace: "",
    tests: ["open-procedures"],
  },
  {
    defect: "procedures without sign-in have no rate limit",
    file: "src/server/trpc/procedures.ts",
    find: "    await limit(policy, ctx.address);\n",
    replace: "    if (policy === ctx.address) return next();\n",
    tests: ["open-procedures"],
  },
  {
    defect: "a connection can have any number of requests answered at the same time",
    file: "src/server/platform/turns.ts",
    find: "const AT_ONCE = 10;",
    replace: "const AT_ONCE = 10_000;",
    tests: ["unit/turns"],
  },
  {
    defect: "a request waits for an unresponsive Redis",
    file: RATE_LIMIT,
    find: "timeout: PATIENCE_MS,",
    replace: "timeout: 60_000,",
    tests: ["rate-limits-in-redis"],
  },
  {
    defect: "strict rate limits do not apply while Redis is unavailable",
    file: RATE_LIMIT,
    find: "POLICIES[policy].strict ? limiter.local",
    replace: "POLICIES[policy].requests === 0 ? limiter.local",
    tests: ["rate-limits-in-redis"],
  },
  {
    defect: "Redis receives addresses of people",
    file: RATE_LIMIT,
    find: "withoutNames(counted));",
    replace: "counted && withoutNames && counted);",
    tests: ["rate-limits-in-redis"],
  },
  {
    defect: "Redis receives scripts with a header that only Upstash understands",
    file: "src/server/platform/rate-limit-store.ts",
    find: 'script.replace(/^#!lua[^\\n]*\\n/, "")',
    replace: "script",
    tests: ["rate-limits-in-redis"],
  },
  {
    defect: "the keys of one caller are spread over a Redis cluster",
    file: RATE_LIMIT,
    find: 'digest("base64url")}}`;',
    replace: 'digest("base64url")}}`.slice(1);',
    tests: ["redis-degraded"],
  },
];
