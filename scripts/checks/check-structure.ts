import { runIfMain } from "../launcher/command";
import { ROOT } from "../launcher/setup.mjs";
import { findProblems, readSources } from "./structure";

/** A file longer than this is usually two. */
const LONG = 250;

await runIfMain(import.meta.url, async () => {
  const sources = await readSources(ROOT);
  for (const { path, text } of sources) {
    const lines = text.split("\n").length - 1;
    if (lines > LONG) console.warn(`warning  ${path} has ${lines} lines; split it by verb`);
  }
  const problems = findProblems(sources);
  for (const problem of problems) console.error(problem);
  console.log(`${sources.length} files, ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
});
