import type { Mutation } from "./list";

const ERRORS = "src/server/platform/errors.ts";
const STORE = "src/server/platform/rate-limit-store.ts";

/** Guards for the time when a part that the app needs is full or gone. */
export const FAILING_MUTATIONS: Mutation[] = [
  {
    says: "a full disk is a fault of ours",
    file: ERRORS,
    find: "  if (isStorageFailure(error)) {\n",
    replace: "  if (isStorageFailure(error) && isReadOnly(error)) {\n",
    tests: ["full-disk"],
  },
  {
    says: "a process whose database cannot store is ready",
    file: ERRORS,
    find: "    noteStorageFailure();\n",
    replace: "    if (isReadOnly(error)) noteStorageFailure();\n",
    tests: ["full-disk"],
  },
  {
    says: "a process without its Redis is not ready",
    file: "src/server/platform/health.ts",
    find: '...(jobsAreWell() ? [] : ["jobs"])];',
    replace: '...(jobsAreWell() ? [] : ["jobs"]), ...(degradedParts() ? ["cache"] : [])];',
    tests: ["redis-degraded"],
  },
  {
    says: "a Redis that answers a ping is well",
    file: STORE,
    find: 'redis.call("SET", KEYS[1], "1", "EX", 60) return',
    replace: "return 1 or",
    tests: ["redis-degraded"],
  },
  {
    says: "the keys of one caller are spread over a cluster",
    file: "src/server/platform/rate-limit.ts",
    find: 'digest("base64url")}}`;',
    replace: 'digest("base64url")}}`.slice(1);',
    tests: ["redis-degraded"],
  },
];
