import path from "node:path";
import { pathToFileURL } from "node:url";

// node scripts/launcher/run-with-parent.mjs <program.js> <arguments>: runs a Node program that ends
// when its parent process ends. Otherwise a `kill -9` of npm start would leave an npm ci or a next
// build running, and the next start would write the same files at the same time.
if (!process.send) throw new Error("run-with-parent.mjs needs an IPC channel to its parent");
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

const [, , program = "", ...args] = process.argv;
process.argv = [process.argv[0] ?? "node", program, ...args];
await import(pathToFileURL(path.resolve(program)).href);
