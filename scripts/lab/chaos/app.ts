import type { Order } from "./apps";

// One app process of a chaos run: the server without pages. The harness that started the process
// sends it orders. The process ends when the harness ends.
process.on("disconnect", () => process.exit(1));

const { functions } = await import("@/server/functions");
const { startServer } = await import("@/server/main");
const { clock } = await import("@/server/platform/clock");
const { poolState } = await import("@/server/platform/db");
const { startJobs } = await import("@/server/job-engine");
const { sweeps } = await import("@/server/sweeps");

let jobs: ReturnType<typeof startJobs> | null = null;

const ORDERS: Record<Order["do"], (value: number) => unknown> = {
  moveClock: (ms) => clock.setOffset(ms),
  async runJobs(run) {
    if (run) jobs ??= startJobs(functions, { sweeps });
    else {
      await jobs?.stop();
      jobs = null;
    }
  },
  countConnections: () => poolState(),
};

// Orders run one after another, so that a stop cannot overtake an earlier start.
let turn: Promise<unknown> = Promise.resolve();
process.on("message", (order: Order) => {
  turn = turn.then(async () => {
    const value = await ORDERS[order.do](order.value);
    process.send?.({ answers: order.id, value });
  });
});

clock.setOffset(Number(process.env.CHAOS_CLOCK_OFFSET));
await startServer({ pages: false, jobs: false });
process.send?.({ answers: 0 });
