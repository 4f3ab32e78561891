import { inFile } from "./mutation";

/** Guards for the time in which the disk is full or Redis is unavailable. */
export const OUTAGE_MUTATIONS = [
  ...inFile("src/server/platform/errors.ts", "full-disk", {
    "a full disk is reported as an internal error": [
      "  if (isStorageFailure(error)) {\n",
      "  if (isStorageFailure(error) && isReadOnly(error)) {\n",
    ],
    "a process whose database cannot store is ready": [
      "    recordStorageFailure();\n",
      "    if (isReadOnly(error)) recordStorageFailure();\n",
    ],
  }),
  ...inFile("src/server/trpc/operations.ts", "redis-degraded", {
    "a process without its Redis is not ready": [
      "missing: missingParts(database), degraded",
      "missing: [...missingParts(database), ...(await degradedParts())], degraded",
    ],
  }),
  ...inFile("src/server/platform/rate-limit-store.ts", "redis-degraded", {
    "a Redis that answers PING but cannot write counts as healthy": [
      'redis.call("SET", KEYS[1], "1", "EX", 60) return',
      "return 1 or",
    ],
  }),
];
