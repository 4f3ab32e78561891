import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlQuery,
  type SqlResultSet,
} from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaContainer, SchemaEngine } from "@prisma/schema-engine-wasm";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const root = path.resolve(import.meta.dirname, "../..");

/** Where the migrations are. */
export const MIGRATIONS_DIR = path.join(root, "prisma", "migrations");

/** Nothing in the schema is kept by anyone but Prisma. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

let loading: Promise<void> | undefined;

type EngineOptions = {
  url: string;
  /** An empty scratch database, which comparing migrations needs. */
  shadowUrl?: string;
  /** Changes a migration's SQL on its way to the database. */
  wrapScript?: (script: string) => string;
};

/**
 * Where Prisma's engine waits for others that migrate. Its lock belongs to the session, which a
 * pooler in transaction mode keeps for others, so it is not taken here; scripts/launcher/migrate.ts does so.
 */
export const PRISMA_LOCK = 72707369;

/**
 * Lends Prisma's own migration engine to `work`. It is the WASM build that npm carries: the
 * native one of the CLI is downloaded from elsewhere, which a closed network refuses.
 */
export async function withSchemaEngine<Result>(
  { url, shadowUrl = url, wrapScript = (script) => script }: EngineOptions,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  loading ??= loadWasm();
  await loading;
  const pools: pg.Pool[] = [];
  const connect = async (connectionString: string) => {
    const pool = new pg.Pool({ connectionString, max: 1 });
    pools.push(pool);
    const adapter = await new PrismaPg(pool).connect();
    // The adapter's own cuts a script at every semicolon, inside of functions too. As one query it
    // is also one transaction: a migration happens whole or not at all.
    adapter.executeScript = async (script) => {
      await pool.query(wrapScript(script)).catch(rethrow);
    };
    const executeRaw = adapter.executeRaw.bind(adapter);
    adapter.executeRaw = async (query) =>
      query.sql === `SELECT pg_advisory_lock(${PRISMA_LOCK})` ? 0 : executeRaw(query);
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => withCharacters(await queryRaw(readable(query)));
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(url),
    connectToShadowDb: () => connect(shadowUrl),
  });
  const files = await readSchema();
  const datamodels = files.map((file): [string, string] => [file.path, file.content]);
  try {
    const engine = await bindings.SchemaEngine.new({ datamodels }, () => undefined, factory);
    return await work(engine);
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
  }
}

/** Gives the engine an error whose message it repeats instead of a number. */
function rethrow(error: pg.DatabaseError): never {
  throw new DriverAdapterError({
    kind: "postgres",
    code: error.code ?? "XX000",
    severity: error.severity ?? "ERROR",
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}

/** Columns of PostgreSQL's one-byte type "char" in the engine's introspection. */
const CHARACTERS = ["constraint_type", "confdeltype", "confupdtype"];

/**
 * Two gaps between engine and adapter, seen at 7.10: the adapter cannot read "char", and the
 * engine panics over the named NOT NULL constraints that PostgreSQL 18 lists.
 */
const readable = (query: SqlQuery): SqlQuery => ({
  ...query,
  sql: query.sql
    .replace("constr.contype AS", "constr.contype::text AS")
    .replace("contype NOT IN ('p', 'u', 'f')", "contype NOT IN ('p', 'u', 'f', 'n')")
    .replace("con.confdeltype,", "con.confdeltype::text,")
    .replace("con.confupdtype,", "con.confupdtype::text,"),
});

const withCharacters = (result: SqlResultSet): SqlResultSet => ({
  ...result,
  columnTypes: result.columnTypes.map((type, index) =>
    CHARACTERS.includes(result.columnNames[index] ?? "") ? ColumnTypeEnum.Character : type,
  ),
});

async function loadWasm(): Promise<void> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasm = await readFile(entry.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, {
    "./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports,
  });
  // Where a panic leaves its message; the module has no other way to tell.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

/** Every file of prisma/schema, as the engine takes them. */
export async function readSchema(): Promise<SchemaContainer[]> {
  const folder = path.join(root, "prisma", "schema");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".prisma")).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { path: file, content: await readFile(file, "utf8") };
    }),
  );
}

/** Every migration of prisma/migrations, oldest first, as the engine takes them. */
export async function readMigrations(): Promise<MigrationList> {
  const entries = existsSync(MIGRATIONS_DIR)
    ? await readdir(MIGRATIONS_DIR, { withFileTypes: true })
    : [];
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const lockfile = path.join(MIGRATIONS_DIR, "migration_lock.toml");
  return {
    baseDir: MIGRATIONS_DIR,
    lockfile: {
      path: "migration_lock.toml",
      content: existsSync(lockfile) ? await readFile(lockfile, "utf8") : null,
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(path.join(MIGRATIONS_DIR, name, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}
