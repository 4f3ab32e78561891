import type { Mutation } from "./mutation";

const ERRORS = "src/server/platform/errors.ts";

/** Guards for the time in which the disk is full or Redis is unavailable. */
export const OUTAGE_MUTATIONS: Mutation[] = [
  {
    defect: "a full disk is reported as an internal error",
    file: ERRORS,
    find: "  if (isStorageFailure(error)) {\n",
    replace: "  if (isStorageFailure(error) && isReadOnly(error)) {\n",
    tests: ["full-disk"],
  },
  {
    defect: "a process whose database cannot store is ready",
    file: ERRORS,
    find: "    noteStorageFailure();\n",
    replace: "    if (isReadOnly(error)) noteStorageFailure();\n",
    tests: ["full-disk"],
  },
  {
    defect: "a process without its Redis is not ready",
    file: "src/server/trpc/operations.ts",
    find: "missing: missingParts(database), degraded",
    replace: "missing: [...missingParts(database), ...(await degradedParts())], degraded",
    tests: ["redis-degraded"],
  },
  {
    defect: "a Redis that answers PING but cannot write counts as healthy",
    file: "src/server/platform/rate-limit-store.ts",
    find: 'redis.call("SET", KEYS[1], "1", "EX", 60) return',
    replace: "return 1 or",
    tests: ["redis-degraded"],
  },
];
