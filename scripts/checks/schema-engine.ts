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
import { MIGRATIONS_DIR, type Migration } from "../launcher/migrations";
import { ROOT } from "../launcher/setup.mjs";

/** Prisma manages every table and every enum of the schema. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

let loading: Promise<void> | undefined;

type EngineOptions = {
  url: string;
  /** An empty scratch database, in which the engine applies migrations to compare them. */
  shadowUrl?: string;
};

/**
 * Runs `work` with Prisma's migration engine, which compares the migrations with the schema and
 * drafts new ones. It is the WASM build from npm: the CLI downloads its native engine from another
 * host, which a closed network refuses. scripts/launcher/migrate.ts applies migrations without it.
 */
export async function withSchemaEngine<Result>(
  { url, shadowUrl = url }: EngineOptions,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  loading ??= loadWasm();
  await loading;
  const pools: pg.Pool[] = [];
  const connect = async (connectionString: string) => {
    const pool = new pg.Pool({ connectionString, max: 1 });
    pools.push(pool);
    const adapter = await new PrismaPg(pool).connect();
    // The adapter's own function splits a script at every semicolon, also inside of functions.
    adapter.executeScript = async (script) => {
      await pool.query(script).catch(rethrow);
    };
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

/** Converts an error into the adapter's own kind, whose message the engine repeats. */
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

/** Columns of PostgreSQL's one-byte type "char" that the engine reads from the catalogs. */
const CHARACTERS = ["constraint_type", "confdeltype", "confupdtype"];

/**
 * Works around two faults, seen at Prisma 7.10: the adapter cannot read the type "char", and the
 * engine panics at the named NOT NULL constraints of PostgreSQL 18.
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
  // The module reports the message of a panic here.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

/** Reads every file of prisma/schema in the engine's format. */
export async function readSchema(): Promise<SchemaContainer[]> {
  const folder = path.join(ROOT, "prisma", "schema");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".prisma")).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { path: file, content: await readFile(file, "utf8") };
    }),
  );
}

/** Converts migrations into the engine's format. */
export const migrationList = (migrations: Migration[]): MigrationList => ({
  baseDir: MIGRATIONS_DIR,
  lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
  shadowDbInitScript: "",
  migrationDirectories: migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value: sql } },
  })),
});
