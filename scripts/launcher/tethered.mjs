import path from "node:path";
import { pathToFileURL } from "node:url";

// node scripts/launcher/tethered.mjs <program.js> <arguments>: runs a Node program that ends when the
// process that started it does. Otherwise a `kill -9` of npm start would leave an npm ci or a
// next build behind, and the next start would fight it over the same files.
if (!process.send) throw new Error("tethered.mjs needs the channel that its parent opens");
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

const [, , program = "", ...args] = process.argv;
process.argv = [process.argv[0] ?? "node", program, ...args];
await import(pathToFileURL(path.resolve(program)).href);
