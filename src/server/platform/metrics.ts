import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { poolState } from "./db";
import { isStoreWritable } from "./rate-limit-store";

function create() {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: "amrutam_db_connections",
    help: "Database connections by state",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(poolState())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: "amrutam_degraded",
    help: "1 while this process does without a part",
    labelNames: ["part"],
    registers,
    async collect() {
      this.set({ part: "cache" }, (await isStoreWritable()) ? 0 : 1);
    },
  });
  return {
    registry,
    requestSeconds: new Histogram({
      name: "amrutam_procedure_seconds",
      help: "Time a procedure took, by path and outcome",
      labelNames: ["path", "code"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
    transactionTries: new Histogram({
      name: "amrutam_transaction_tries",
      help: "Tries that a Serializable transaction needed",
      buckets: [1, 2, 3, 5, 8, 12],
      registers,
    }),
    rateLimitFallbacks: new Counter({
      name: "amrutam_rate_limit_fallbacks_total",
      help: "Times that the shared rate limits were away",
      registers,
    }),
    transactionGiveUps: new Counter({
      name: "amrutam_transaction_give_ups_total",
      help: "Transactions that lost every try",
      registers,
    }),
  };
}

// main.ts and Next's bundles share one registry through the global object.
const shared = globalThis as typeof globalThis & { amrutamMetrics?: ReturnType<typeof create> };
shared.amrutamMetrics ??= create();

export const {
  registry,
  requestSeconds,
  transactionTries,
  transactionGiveUps,
  rateLimitFallbacks,
} = shared.amrutamMetrics;
