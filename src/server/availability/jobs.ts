import { createJob } from "../job-engine/create-job";
import { forgetWithdrawn, rollHorizon } from "./commands/roll";

/**
 * Every hour, opens the new slots at the far end of every doctor's horizon: a doctor whose horizon is
 * one day would otherwise offer a few hours only. A step a batch, named by where it begins, so that a
 * crash repeats one batch; repeating one opens nothing twice. Then forgets what hours took back.
 */
export const rollSlotHorizon = createJob(
  { id: "roll-slot-horizon", cron: "23 * * * *" },
  async ({ step }) => {
    let slotsCreated = 0;
    let after = await rollFrom(null);
    while (after !== null) after = await rollFrom(after);
    await step.run("forget-withdrawn", forgetWithdrawn);
    return slotsCreated;

    async function rollFrom(from: string | null): Promise<string | null> {
      const batch = await step.run(`roll-after-${from ?? "start"}`, () => rollHorizon(from));
      slotsCreated += batch.slotsCreated;
      return batch.last;
    }
  },
);
