import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** A source file: its path from the project's folder, with forward slashes, and its text. */
export type Source = { path: string; text: string };

/** Leftward only: a domain imports those before it, so that there are no circles. */
const DOMAINS = [
  "audit",
  // What admins see and do about the job engine; it needs the audit alone.
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
/** Folders that a long file is split into, by verb. */
const SPLITS = ["queries", "commands", "router", "jobs"];

/** What a domain names itself, beside the files that every domain may have. */
const OWN_FILES: Record<string, string[]> = {
  accounts: ["session", "password", "nextauth", "devices"],
  notifications: ["channels", "templates", "mail"],
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

/** Files of src/server itself: what puts the rooms together may import all of them. */
const ROOTS = ["main.ts", "functions.ts", "sweeps.ts"];

/** What pages may import of the server beside schemas: pure, or made for them. */
const FOR_PAGES = ["src/server/accounts/nextauth", "src/server/platform/format"];

/** Every breach of "what may import what" and of the closed set of names, one line each. */
export function findProblems(sources: Source[]): string[] {
  return sources.flatMap((source) => [
    ...misplaced(source),
    ...importsOf(source.text).flatMap(({ specifier, isType }) =>
      refusal(source.path, resolveImport(source.path, specifier), isType).map(
        (reason) => `${source.path}: imports ${specifier}; ${reason}`,
      ),
    ),
    ...forbiddenWords(source),
  ]);
}

/** Every TypeScript file below src/, generated ones aside. */
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

/** The closed set of file names, so that one knows where to look and where to put. */
function misplaced({ path: file }: Source): string[] {
  const [, room, name = "", rest] = /^src\/server\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(file) ?? [];
  if (!room && /^src\/server\/[^/]+$/.test(file)) {
    const isRoot = ROOTS.includes(path.posix.basename(file));
    return isRoot ? [] : [`${file}: beside the rooms stand only ${ROOTS.join(" and ")}`];
  }
  if (!room || ["platform", "job-engine", "trpc"].includes(room)) return [];
  if (!DOMAINS.includes(room)) return [`${file}: ${room} is none of the domains`];
  const stem = name.replace(/\.tsx?$/, "");
  const allowed = [...FILES, ...(OWN_FILES[room] ?? [])];
  if (rest ? SPLITS.includes(name) && !rest.includes("/") : allowed.includes(stem)) return [];
  return [
    `${file}: a domain's files are ${FILES.join(", ")} (scripts/checks/structure.ts names more)`,
  ];
}

type Import = { specifier: string; isType: boolean };

/** All imports and re-exports, dynamic ones included. */
function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const patterns = [
    /^\s*(?:import|export)\s+(type\b)?[^;"'`=()]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*()["']([^"']+)["']/gm,
    /\b(?:import|require)\s*\(()\s*["'`]([^"'`]+)["'`]/g,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, type, specifier = ""]) => ({
      specifier,
      isType: type === "type",
    })),
  );
}

/** A path inside of src/ without its ending, or the package's name as it is. */
function resolveImport(from: string, specifier: string): string {
  const inside = specifier.startsWith("@/") ? `src/${specifier.slice(2)}` : specifier;
  const whole = inside.startsWith(".") ? path.posix.join(path.posix.dirname(from), inside) : inside;
  return whole.replace(/\.(tsx?|jsx?|mjs)$/, "").replace(/\/index$/, "");
}

/** Where in src/server a path lies; both are empty for one outside. */
function placeOf(file: string): { room: string; file: string } {
  const [, room = "", name = ""] = /^src\/server\/([^/]+)(?:\/([^/]+))?/.exec(file) ?? [];
  return { room, file: name.replace(/\.tsx?$/, "") };
}

/** Why the file may not import the target; nothing where it may. */
function refusal(file: string, target: string, isType: boolean): string[] {
  const reasons: string[] = [];
  const refuse = (when: boolean, reason: string) => when && reasons.push(reason);
  const from = placeOf(file);
  const to = placeOf(target);
  const isServer = target.startsWith("src/server/");

  if (file.startsWith("src/app/")) {
    // Route files are the server's doors; the rest is pages and components.
    const isDoor = /\/route\.ts$/.test(file) || file.startsWith("src/app/_trpc/");
    refuse(isDoor && target === "src/server/platform/db", "routes never touch the database");
    refuse(target.startsWith("src/generated/"), "pages never touch the database");
    const isRouterType = isType && target === "src/server/trpc/root";
    const allowed = to.file === "schema" || FOR_PAGES.includes(target) || isRouterType;
    refuse(isServer && !isDoor && !allowed, "pages import _trpc, schemas and the session helper");
    return reasons;
  }
  if (!file.startsWith("src/server/") || from.room === "trpc" || ROOTS.includes(from.room)) {
    return reasons;
  }

  refuse(target.startsWith("src/app/"), "the server does not know the pages");
  if (from.room === "platform" || from.room === "job-engine") {
    const isOutside = DOMAINS.includes(to.room) || to.room === "trpc";
    refuse(isOutside, "the platform and the job engine know no domain");
    return reasons;
  }

  const isPackage = !target.startsWith("src/");
  if (from.file === "router") {
    refuse(target === "src/server/platform/db", "routers call commands and queries");
    // A body may hold another domain's: its schema, but not what it does.
    const isForeign = DOMAINS.includes(to.room) && to.room !== from.room && to.file !== "schema";
    refuse(isForeign, "routers know their own domain and the schemas of earlier ones");
    refuse(to.room === "trpc" && to.file !== "procedures", "routers take procedures from trpc");
  } else {
    refuse(to.room === "trpc" || /^@trpc\//.test(target), "only routers know tRPC");
  }
  if (["commands", "queries", "jobs"].includes(from.file)) {
    refuse(/^next(\/|$)/.test(target), "commands, queries and jobs know no framework");
  }
  if (["schema", "rules"].includes(from.file)) {
    const isPure = target === "zod" || target.startsWith("zod/") || target === "temporal-polyfill";
    const isSibling = ["schema", "rules"].includes(to.file);
    const isImpure = isPackage ? !isPure : !isSibling;
    refuse(isImpure && !isType, "schemas and rules are pure: zod and types only");
  }
  const [own, theirs] = [DOMAINS.indexOf(from.room), DOMAINS.indexOf(to.room)];
  refuse(theirs > own, `${to.room} comes after ${from.room}: domains import leftward only`);
  return reasons;
}

const WORDS: { pattern: RegExp; only: string; reason: string }[] = [
  {
    pattern: /\$transaction\b/,
    only: "src/server/platform/transaction.ts",
    reason: "$transaction stands in platform/transaction.ts only",
  },
  {
    pattern: /\bprocess\s*\.\s*env\b|\bprocess\s*\[\s*["']env/,
    only: "src/env.ts",
    reason: "process.env is read in src/env.ts only",
  },
  {
    pattern: /@ts-(ignore|nocheck|expect-error)/,
    only: "",
    reason: "mend the type, do not silence it",
  },
];

function forbiddenWords({ path: file, text }: Source): string[] {
  return text.split("\n").flatMap((line, index) => {
    const code = /^\s*(\*|\/\*|\/\/)/.test(line) && !line.includes("@ts-") ? "" : line;
    return WORDS.filter(({ pattern, only }) => file !== only && pattern.test(code)).map(
      ({ reason }) => `${file}:${index + 1}: ${reason}`,
    );
  });
}
