import { spawn } from "node:child_process";
import { once } from "node:events";
import { setUp } from "../launcher/setup.mjs";

// npm run fuzz: sends a thousand inputs to each procedure over tRPC and over REST. FUZZ_RUNS sets
// another number. FUZZ_SEED repeats a run: a failure prints its seed.
await setUp((line) => console.log(`• ${line}`));
const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "integration", "fuzz"];
const env = { FUZZ_RUNS: "1000", ...process.env, NODE_ENV: undefined };
const [code] = await once(spawn(process.execPath, args, { stdio: "inherit", env }), "exit");
process.exit(code ?? 1);
