import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { loadEnv } from "../../src/env";
import { buildIfNeeded } from "./build";
import { printError, UserError } from "./command";
import { prepareEmbedded, prepareExternal } from "./database";
import { lockDataDir, prepareEnvironment } from "./environment";
import { freePort, startPostgres } from "./postgres";
import { waitUntilReady } from "./ready";
import {
  installShutdown,
  isEndedByTerminal,
  isShuttingDown,
  onShutdown,
  shutDown,
} from "./shutdown";

const DEMO_PASSWORD = "demo-password-2026";
const DEMO_ACCOUNTS = ["patient", "patient2", "doctor", "doctor2", "admin"];

const say = (line: string) => console.log(`• ${line}`);

/** Starts everything in order. A shutdown stops it again in the reverse order. */
export async function start({ isDev }: { isDev: boolean }): Promise<void> {
  installShutdown();
  try {
    await run(isDev);
  } catch (error) {
    if (isShuttingDown()) return;
    printError(error);
    await shutDown(1);
  }
}

async function run(isDev: boolean): Promise<void> {
  if (process.env.PORT === "0") process.env.PORT = String(await freePort());
  const { dataDir, isEmbedded } = await prepareEnvironment();
  const { DATABASE_URL: url = "", MIGRATION_DATABASE_URL: migrationUrl, HOST, PORT } = process.env;
  await requireFreePort(HOST || "127.0.0.1", Number(PORT || 3000));
  if (isEmbedded) onShutdown(await lockDataDir(dataDir));
  if (!isDev) await buildIfNeeded(say);

  if (isEmbedded) {
    const starting = startPostgres({ dataDir });
    onShutdown(async () => (await starting).stop());
    const postgres = await starting;
    await prepareEmbedded(postgres, say);
  } else {
    await prepareExternal(url, migrationUrl || url, say);
  }

  const env = loadEnv();
  // next-auth reads this variable from process.env itself.
  process.env.NEXTAUTH_URL ||= env.APP_URL;
  const { startServer } = await import("../../src/server/main");
  const server = await startServer({ dev: isDev });
  onShutdown(() => server.close(isEndedByTerminal() ? 0 : env.SHUTDOWN_GRACE_SECONDS));
  await waitUntilReady(server.url, (line) => {
    if (!isShuttingDown()) say(line);
  });
  if (isShuttingDown()) return;
  announce(server.url, env.isDemo, isEmbedded ? dataDir : null);
}

/** Checks the port before anything is started, so that a failed start leaves nothing running. */
async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new UserError(`Port ${port} is in use by another program. Set PORT to a free one.`);
    }
    throw new UserError(`Cannot listen on ${host}:${port}: ${message}`);
  }
  await new Promise((resolve) => probe.close(resolve));
}

function announce(url: string, isDemo: boolean, dataDir: string | null): void {
  const lines = ["", `Amrutam is ready at ${url}`];
  if (isDemo) {
    lines.push("", `Demo accounts, all with the password ${DEMO_PASSWORD}:`);
    lines.push(...DEMO_ACCOUNTS.map((name) => `  ${name}@demo.test`));
  }
  const data = dataDir ? ` The data stays in ${path.relative(process.cwd(), dataDir)}.` : "";
  lines.push("", `Ctrl-C stops it.${data}`, "");
  console.log(lines.join("\n"));
}
