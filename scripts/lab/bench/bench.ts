import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { checkInvariants, report } from "../../checks/invariants/check";
import { buildIfNeeded } from "../../launcher/build";
import { printError } from "../../launcher/command";
import { migrate } from "../../launcher/migrate";
import { freePort, type Postgres, startTemporaryPostgres } from "../../launcher/postgres";
import { makeSecrets } from "../../launcher/secrets";
import { installShutdown, isShuttingDown, onShutdown, shutDown } from "../../launcher/shutdown";

const CONNECTIONS = 50;
const POOL = 10;

/** Rounds and durations (in seconds). Rounds of the app and of the bare server alternate. */
const LONG = {
  rounds: 5,
  seconds: 4,
  warmUp: 2,
  bookings: 2000,
  warmUpBookings: 500,
  patience: 60,
};
const SHORT = {
  rounds: 3,
  seconds: 0.7,
  warmUp: 0.5,
  bookings: 300,
  warmUpBookings: 100,
  patience: 5,
};

const say = (line: string) => console.log(`• ${line}`);

/** Measures the production server and a bare Node server on temporary databases (npm run bench). */
export async function bench({ isShort }: { isShort: boolean }): Promise<void> {
  installShutdown();
  try {
    await run(isShort ? SHORT : LONG);
    await shutDown(0);
  } catch (error) {
    if (isShuttingDown()) return;
    printError(error);
    await shutDown(1);
  }
}

async function run(plan: typeof LONG): Promise<void> {
  await buildIfNeeded(say);
  const starting = startTemporaryPostgres({ isDurable: true });
  onShutdown(async () => (await starting).stop());
  const postgres = await starting;
  const dataDir = await mkdtemp(path.join(tmpdir(), "amrutam-bench-"));
  onShutdown(() => rm(dataDir, { recursive: true, force: true }));
  const environment = {
    ...makeSecrets(),
    DATABASE_POOL_MAX: String(POOL),
    DATA_DIR: dataDir,
    HOST: "127.0.0.1",
    // Demo mode, so that the sandbox needs no configuration. The benchmark seeds its own data.
    SEED_DEMO: "1",
    AMRUTAM_MODE: "demo",
    RATE_LIMITS: "off",
    LOG_LEVEL: "warn",
  };
  const { population, appUrl, bareUrl } = await prepareDatabases(postgres, environment, plan);

  const { compare } = await import("../../../tests/load/compare");
  const { startApp, startBare, startGenerator } = await import("../../../tests/load/processes");
  const bare = await startBare({ ...environment, DATABASE_URL: bareUrl });
  onShutdown(bare.stop);
  const generator = startGenerator();
  onShutdown(generator.stop);
  const app = await startApp(await freePort(), {
    ...environment,
    DATABASE_URL: postgres.appUrl("load_app"),
  });
  onShutdown(app.stop);

  const before = loadavg();
  const setting = { app, bare, generator, population, connections: CONNECTIONS, plan };
  const { table, tries, booked } = await compare({ ...setting, databaseUrl: appUrl }, say);
  console.log(`\n${table}\n`);
  console.log(await describeSetup(appUrl, before));
  console.log(`- ${tries}`);
  await requireInvariants(appUrl, booked);
  console.log(
    `- All invariants hold after ${booked.answered} bookings, each of them answered with 200`,
  );
}

/** Prepares two databases with the same data, so that the app's jobs do not see the bare server's bookings. */
async function prepareDatabases(
  postgres: Postgres,
  environment: Record<string, string>,
  plan: typeof LONG,
) {
  const admin = new pg.Client({ connectionString: postgres.url("postgres") });
  await admin.connect();
  await admin.query("CREATE DATABASE load_app");
  const appUrl = postgres.url("load_app");
  Object.assign(process.env, environment, { DATABASE_URL: appUrl });
  await migrate(appUrl);
  say("Seeding 1,000 doctors and 100,000 slots");
  const { seedLoad } = await import("../../../tests/load/seed");
  const population = await seedLoad(
    appUrl,
    2 * (plan.rounds * plan.bookings + plan.warmUpBookings),
  );
  await admin.query("CREATE DATABASE load_bare TEMPLATE load_app");
  await admin.end();
  return { population, appUrl, bareUrl: postgres.url("load_bare") };
}

/** Checks the invariants, and that exactly the bookings exist that were answered with 200. */
async function requireInvariants(
  url: string,
  { answered, lost }: { answered: number; lost: number },
): Promise<void> {
  const findings = await checkInvariants(url);
  const [row] = await query<{ n: number }>(
    url,
    "SELECT count(*)::int AS n FROM bookings WHERE created_at > app_now() - interval '1 day'",
  );
  const found = row?.n ?? 0;
  // A booking whose answer was lost may exist or not.
  if (found < answered || found > answered + lost) {
    throw new Error(`${answered} bookings were answered with 200, ${found} exist`);
  }
  if (findings.some(({ violations }) => violations > 0)) throw new Error(report(findings));
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function describeSetup(url: string, before: number[]): Promise<string> {
  const [settings] = await query<Record<string, string>>(
    url,
    `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS commit`,
  );
  const { version, fsync, commit } = settings ?? {};
  const [model] = cpus();
  return [
    `- ${CONNECTIONS} connections, ${POOL} database connections; medians of alternating rounds; load generator, servers and database share this machine`,
    `- Node ${process.version}, ${availableParallelism()} cores (${model?.model.trim() ?? "unknown"}), load average before the rounds ${before[0]?.toFixed(1)}`,
    `- PostgreSQL ${version}, embedded, durable: fsync=${fsync}, synchronous_commit=${commit}`,
  ].join("\n");
}
