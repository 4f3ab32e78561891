import { cron } from "inngest";
import { inngest } from "../platform/inngest/client";
import { rollHorizon } from "./commands/roll";

/**
 * Opens each day's new slots at the far end of every doctor's horizon. A step a batch, named by where
 * it begins, so that a crash repeats one batch; repeating one opens nothing twice.
 */
export const rollSlotHorizon = inngest.createFunction(
  { id: "roll-slot-horizon", triggers: [cron("23 1 * * *")] },
  async ({ step }) => {
    let slotsCreated = 0;
    let after = await rollFrom(null);
    while (after !== null) after = await rollFrom(after);
    return slotsCreated;

    async function rollFrom(from: string | null): Promise<string | null> {
      const batch = await step.run(`roll-after-${from ?? "start"}`, () => rollHorizon(from));
      slotsCreated += batch.slotsCreated;
      return batch.last;
    }
  },
);
