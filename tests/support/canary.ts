import { randomBytes, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "./database";

/** Makes a text that occurs nowhere else. */
export const mark = (what: string) => `canary${what}${randomBytes(6).toString("hex")}`;

/** The encodings in which a text can be stored: plain, hexadecimal, and Base64 at any offset. */
function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text, "utf8");
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // The first and last letters also depend on the bytes around the text.
    return whole.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  const url = base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  const hex = bytes.toString("hex");
  const utf16 = Buffer.from(text, "utf16le");
  const texts = [...new Set([text, hex, hex.toUpperCase(), ...base64, ...url])];
  return [...texts.map((form) => Buffer.from(form, "utf8")), utf16];
}

/** The files of the test's database: tables, write-ahead log and server log. */
export async function databaseFiles(): Promise<string[]> {
  await sql("CHECKPOINT");
  const [row] = await sql<{ data: string; oid: string }>(
    `SELECT current_setting('data_directory') AS data, oid::text FROM pg_database
      WHERE datname = current_database()`,
  );
  const { data = "", oid = "" } = row ?? {};
  const files: string[] = [];
  for (const folder of [path.join(data, "base", oid), path.join(data, "pg_wal"), data]) {
    const entries = await readdir(folder, { withFileTypes: true });
    files.push(
      ...entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name)),
    );
  }
  return files;
}

/** The names of the texts that occur in the files, in any encoding. */
export async function foundInFiles(
  files: string[],
  texts: Record<string, string>,
): Promise<string[]> {
  const wanted = Object.entries(texts).map(([name, text]) => ({ name, forms: formsOf(text) }));
  const found = new Set<string>();
  for (const file of files) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    for (const { name, forms } of wanted) {
      if (forms.some((form) => bytes.includes(form))) found.add(name);
    }
  }
  return [...found].sort();
}

/** The names of the texts that occur in a text, in any encoding. */
export function foundIn(whole: string, texts: Record<string, string>): string[] {
  const bytes = Buffer.from(whole, "utf8");
  return Object.entries(texts).flatMap(([name, text]) =>
    formsOf(text).some((form) => bytes.includes(form)) ? [name] : [],
  );
}

export const newAddress = () => `${mark("address")}-${randomUUID().slice(0, 8)}@example.test`;
