import { parseArgs } from "node:util";
import { runIfMain, UserError } from "../../launcher/command";
import { runChaos } from "./run";

// npm run chaos -- --seed N --minutes M [--seeds K]: K runs with the seeds from N on, M minutes each.
await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "1" },
      minutes: { type: "string", default: "1" },
    },
  });
  const [seed, seeds, minutes] = [values.seed, values.seeds, values.minutes].map(Number);
  if (!seed || !seeds || !minutes || minutes > 120) {
    throw new UserError("Usage: npm run chaos -- --seed 1 --minutes 1 [--seeds 1]");
  }
  let violations = 0;
  for (let n = 0; n < seeds; n++) violations += await runChaos(seed + n, minutes);
  process.exit(violations > 0 ? 1 : 0);
});
