import { setUp } from "../../launcher/setup.mjs";

// npm run bench [-- --short]. As npm start: what is missing is installed first, then TypeScript
// runs in this same process, so that signals have one place to go.
process.env.NODE_ENV = "production";
try {
  await setUp((line) => console.log(`• ${line}`));
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
const { register } = await import("tsx/esm/api");
register();
const { bench } = await import("./bench.ts");
await bench({ isShort: process.argv.includes("--short") });
