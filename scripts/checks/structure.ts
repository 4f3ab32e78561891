import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

// biome.json holds the import rules that Biome can express. This file holds the others: the order
// of the domains, the closed set of file names, and words that only certain files may contain.

/** A source file: its path from the project's folder, with forward slashes, and its text. */
export type Source = { path: string; text: string };

/** A domain imports only itself and the domains before it, so that there are no cycles. */
const DOMAINS = [
  "audit",
  "job-admin",
  "accounts",
  "doctors",
  "availability",
  "bookings",
  "payments",
  "consultations",
  "prescriptions",
  "notifications",
  "analytics",
];

const FILES = ["schema", "rules", "queries", "commands", "router", "jobs"];
/** A long file becomes a folder of this name, with one file for each verb. */
const FOLDERS = ["queries", "commands", "router", "jobs"];

/** Files of single domains, in addition to the files that every domain may have. */
const OWN_FILES: Record<string, string[]> = {
  accounts: ["session", "password", "nextauth", "devices"],
  notifications: ["channels", "templates", "account-templates"],
  payments: [
    "provider",
    "providers",
    "sandbox",
    "sandbox-webhook",
    "stripe",
    "stripe-api",
    "stripe-events",
    "webhook",
  ],
  consultations: ["rooms"],
  prescriptions: ["pdf"],
};

/** Files of src/server itself. They combine the domains and may import all of them. */
const ROOTS = ["main.ts", "functions.ts", "sweeps.ts"];

/** Finds every violation of the rules of this file. Returns one line for each. */
export function findProblems(sources: Source[]): string[] {
  return sources.flatMap((source) => [
    ...findMisplaced(source),
    ...findLaterDomains(source),
    ...findForbiddenWords(source),
  ]);
}

/** Reads every TypeScript and JavaScript file below src/, except for generated ones. */
export async function readSources(root: string): Promise<Source[]> {
  const entries = await readdir(path.join(root, "src"), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|js|mjs)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => !file.startsWith("src/generated/"))
    .sort();
  return Promise.all(
    files.map(async (file) => ({
      path: file,
      text: await readFile(path.join(root, file), "utf8"),
    })),
  );
}

/** Checks the closed set of file names, which tells a reader where to look. */
function findMisplaced({ path: file }: Source): string[] {
  const [, folder, name = "", rest] = /^src\/server\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(file) ?? [];
  if (!folder && /^src\/server\/[^/]+$/.test(file)) {
    const isRoot = ROOTS.includes(path.posix.basename(file));
    return isRoot ? [] : [`${file}: src/server itself contains only ${ROOTS.join(", ")}`];
  }
  if (!folder || ["platform", "job-engine", "trpc"].includes(folder)) return [];
  if (!DOMAINS.includes(folder)) return [`${file}: ${folder} is not a domain`];
  const stem = name.replace(/\.tsx?$/, "");
  const allowed = [...FILES, ...(OWN_FILES[folder] ?? [])];
  if (rest ? FOLDERS.includes(name) && !rest.includes("/") : allowed.includes(stem)) return [];
  return [
    `${file}: a domain contains ${FILES.join(", ")}, and the files that scripts/checks/structure.ts lists`,
  ];
}

/** Checks that a domain imports no later domain, neither its values nor its types. */
function findLaterDomains({ path: file, text }: Source): string[] {
  const own = domainOf(file);
  if (own === undefined) return [];
  return importsOf(text).flatMap((specifier) => {
    const imported = domainOf(resolveImport(file, specifier));
    return imported !== undefined && DOMAINS.indexOf(imported) > DOMAINS.indexOf(own)
      ? [`${file}: imports ${specifier}; ${own} comes before ${imported} and must not import it`]
      : [];
  });
}

/** Lists the specifiers of all imports and re-exports, dynamic ones included. */
function importsOf(text: string): string[] {
  const patterns = [
    /^\s*(?:import|export)\s+[^;"'`=()]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g,
  ];
  const code = withoutComments(text);
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, specifier = ""]) => specifier),
  );
}

/** Removes comments that start at the beginning of a line, and block comments. */
export const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith("@/")) return `src/${specifier.slice(2)}`;
  if (!specifier.startsWith(".")) return specifier;
  return path.posix.join(path.posix.dirname(from), specifier);
}

/** The domain in whose folder a file is. */
function domainOf(file: string): string | undefined {
  const [, folder] = /^src\/server\/([^/]+)\//.exec(file) ?? [];
  return folder && DOMAINS.includes(folder) ? folder : undefined;
}

const WORDS: { pattern: RegExp; only: string; reason: string }[] = [
  {
    pattern: /\$transaction\b/,
    only: "src/server/platform/transaction.ts",
    reason: "only platform/transaction.ts opens a transaction",
  },
  {
    pattern: /\.createFunction\(/,
    only: "src/server/job-engine/create-job.ts",
    reason: "make a job with createJob, which offers only what the embedded engine runs",
  },
  {
    pattern: /@ts-(nocheck|expect-error)/,
    only: "",
    reason: "correct the type instead of silencing the compiler",
  },
];

function findForbiddenWords({ path: file, text }: Source): string[] {
  return text.split("\n").flatMap((line, index) => {
    const code = /^\s*(\*|\/\*|\/\/)/.test(line) && !line.includes("@ts-") ? "" : line;
    return WORDS.filter(({ pattern, only }) => file !== only && pattern.test(code)).map(
      ({ reason }) => `${file}:${index + 1}: ${reason}`,
    );
  });
}
