import { runIfMain } from "../launcher/command";
import { ROOT } from "../launcher/setup.mjs";
import { findProblems, readSources } from "./structure";
import { findForeignWrites, readModels, readOwnership } from "./table-owners";

/** A longer file should become a folder. */
const LONG = 250;

await runIfMain(import.meta.url, async () => {
  const sources = await readSources(ROOT);
  for (const { path, text } of sources) {
    const lines = text.split("\n").length - 1;
    if (lines > LONG) console.warn(`warning  ${path} has ${lines} lines; split it by verb`);
  }
  const problems = [
    ...findProblems(sources),
    ...findForeignWrites(sources, await readOwnership(ROOT), await readModels(ROOT)),
  ];
  for (const problem of problems) console.error(problem);
  console.log(`${sources.length} files, ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
});
