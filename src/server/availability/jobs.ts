import { createJob } from "../job-engine/create-job";
import { deleteWithdrawnSlots, rollHorizon } from "./commands/roll";

/**
 * Opens the new slots at the end of every doctor's horizon, then deletes old withdrawn slots. It runs
 * every hour because a horizon can be as short as one day. Each batch of doctors is a step, so that a
 * crash repeats one batch only. A repeated batch opens no slot twice.
 */
export const rollSlotHorizon = createJob(
  { id: "roll-slot-horizon", cron: "23 * * * *" },
  async ({ step }) => {
    let slotsCreated = 0;
    let after = await rollFrom(null);
    while (after !== null) after = await rollFrom(after);
    await step.run("forget-withdrawn", deleteWithdrawnSlots);
    return slotsCreated;

    async function rollFrom(from: string | null): Promise<string | null> {
      const batch = await step.run(`roll-after-${from ?? "start"}`, () => rollHorizon(from));
      slotsCreated += batch.slotsCreated;
      return batch.last;
    }
  },
);
