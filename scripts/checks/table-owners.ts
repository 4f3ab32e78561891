import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Source, withoutComments } from "./structure";

/** Which folder of src/server may write a table, and which other files still do. */
export type Ownership = {
  /** From a table's name to its owner, for example "bookings" to "bookings". */
  owners: Map<string, string>;
  /** Each as "file table". */
  exceptions: string[];
};

/** From the name of a model in Prisma's client to its table, for example "dataKey" to "data_keys". */
export type Models = Map<string, string>;

/** Reads the two tables of the decision page: owners and exceptions. */
export async function readOwnership(root: string): Promise<Ownership> {
  const page = path.join(root, "docs", "decisions", "0017-table-ownership.md");
  return parseOwnership(await readFile(page, "utf8"));
}

export function parseOwnership(page: string): Ownership {
  const owners = new Map<string, string>();
  const exceptions: string[] = [];
  for (const line of page.split("\n")) {
    const [first = "", second = ""] = line.split("|").slice(1);
    const [subject] = namesIn(first);
    if (!subject) continue;
    if (subject.endsWith(".ts")) {
      exceptions.push(...namesIn(second).map((table) => `src/server/${subject} ${table}`));
    } else {
      for (const table of namesIn(second)) owners.set(table, subject);
    }
  }
  return { owners, exceptions };
}

/** The words in backticks of a cell. */
const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

/** Reads the models of prisma/schema. */
export async function readModels(root: string): Promise<Models> {
  const folder = path.join(root, "prisma", "schema");
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(path.join(folder, name), "utf8")),
  );
  const models = texts.join("\n").matchAll(/^model (\w+) \{[\s\S]*?@@map\("(\w+)"\)/gm);
  return new Map(
    [...models].map(([, name = "", table = ""]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      table,
    ]),
  );
}

/**
 * Finds every table without an owner, every write of a table outside its owner's folder, in SQL or
 * by Prisma's client, and every exception that is not needed any more.
 */
export function findForeignWrites(
  sources: Source[],
  { owners, exceptions }: Ownership,
  models: Models,
): string[] {
  const tables = [...models.values()];
  const foreign = sources.flatMap((source) =>
    tablesWrittenBy(source, models)
      .filter((table) => !source.path.startsWith(`src/server/${owners.get(table)}/`))
      .map((table) => `${source.path} ${table}`),
  );
  return [
    ...tables
      .filter((table) => !owners.has(table))
      .map((table) => `${table}: docs/decisions/0017-table-ownership.md names no owner`),
    ...[...owners.keys(), ...exceptions.map((exception) => exception.split(" ")[1] ?? "")]
      .filter((table) => !tables.includes(table))
      .map((table) => `${table}: docs/decisions/0017-table-ownership.md names it; no such table`),
    ...foreign
      .filter((write) => !exceptions.includes(write))
      .map((write) => {
        const [file, table = ""] = write.split(" ");
        return `${file}: writes ${table}, which ${owners.get(table)} owns; use a fragment or command of the owner`;
      }),
    ...exceptions
      .filter((exception) => !foreign.includes(exception))
      .map((exception) => `${exception}: remove this exception, the file does not write the table`),
  ];
}

function tablesWrittenBy({ text }: Source, models: Models): string[] {
  const code = withoutComments(text);
  const bySql = [
    ...code.matchAll(/\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM|TRUNCATE)\s+"?(\w+)/gi),
  ].map(([, table = ""]) => table);
  const byClient = [
    ...code.matchAll(/\.(\w+)\s*\.(?:create|update|upsert|delete)(?:Many|ManyAndReturn)?\(/g),
  ].map(([, model = ""]) => models.get(model) ?? "");
  const known = new Set(models.values());
  return [...new Set([...bySql, ...byClient])].filter((table) => known.has(table));
}
