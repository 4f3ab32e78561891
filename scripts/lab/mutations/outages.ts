import { inFile } from "./mutation";

/** Guards for the time in which the disk is full or Redis is unavailable. */
export const OUTAGE_MUTATIONS = [
  ...inFile("src/server/platform/errors.ts", "full-disk", [
    {
      defect: "a full disk is reported as an internal error",
      find: "  if (isStorageFailure(error)) {\n",
      replace: "  if (isStorageFailure(error) && isReadOnly(error)) {\n",
    },
    {
      defect: "a process whose database cannot store is ready",
      find: "    noteStorageFailure();\n",
      replace: "    if (isReadOnly(error)) noteStorageFailure();\n",
    },
  ]),
  ...inFile("src/server/trpc/operations.ts", "redis-degraded", [
    {
      defect: "a process without its Redis is not ready",
      find: "missing: missingParts(database), degraded",
      replace: "missing: [...missingParts(database), ...(await degradedParts())], degraded",
    },
  ]),
  ...inFile("src/server/platform/rate-limit-store.ts", "redis-degraded", [
    {
      defect: "a Redis that answers PING but cannot write counts as healthy",
      find: 'redis.call("SET", KEYS[1], "1", "EX", 60) return',
      replace: "return 1 or",
    },
  ]),
];
