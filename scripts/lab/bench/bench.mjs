import { setUp } from "../../launcher/setup.mjs";

// npm run bench [-- --short]. Like npm start, it installs missing packages first. TypeScript runs in
// this same process, so that one process receives the signals.
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
