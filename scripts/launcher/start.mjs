import { setUp } from "./setup.mjs";

// npm start, npm run dev (--dev) and npm run generate (--generate-only). TypeScript runs from the
// same process once its packages are there, so that signals have one place to go.
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
