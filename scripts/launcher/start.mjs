import { setUp } from "./setup.mjs";

// npm start, npm run dev (--dev) and npm run generate (--generate-only). After the installation,
// TypeScript runs in this same process, so that one process receives the signals.
const isDev = process.argv.includes("--dev");
process.env.NODE_ENV = isDev ? "development" : "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";

try {
  await setUp((line) => console.log(`• ${line}`));
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
if (!process.argv.includes("--generate-only")) {
  const { register } = await import("tsx/esm/api");
  register();
  const { start } = await import("./start.ts");
  await start({ isDev });
}
