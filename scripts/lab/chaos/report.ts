import { type Finding, report } from "../../checks/invariants/check";
import type { Recorder } from "./record";

const MOST_SHOWN = 20;

/** Prints what a run did, how the app answered, and all violations. */
export function printReport(
  { seed, minutes, hash }: { seed: number; minutes: number; hash: string },
  recorder: Recorder,
  findings: Finding[],
): void {
  const counts = [...recorder.counts].sort(([a], [b]) => a.localeCompare(b));
  const group = (prefix: string) => counts.filter(([name]) => name.startsWith(prefix));
  const sum = (prefix: string) => group(prefix).reduce((total, [, count]) => total + count, 0);
  const lines = (prefix: string) =>
    group(prefix).map(
      ([name, count]) => `  ${String(count).padStart(6)}  ${name.slice(prefix.length)}`,
    );
  const others = counts.filter(([name]) => !/^(op|refused|fault|event) /.test(name));
  const broken = findings.reduce((total, { violations }) => total + violations, 0);
  const { violations } = recorder;
  const acknowledged =
    (recorder.counts.get("acknowledged") ?? 0) +
    (recorder.counts.get("webhooks acknowledged") ?? 0);
  console.log(
    [
      `operations ${sum("op ")}`,
      ...lines("op "),
      `gateway events ${sum("event ")}`,
      ...lines("event "),
      `refusals ${sum("refused ")}`,
      ...lines("refused "),
      `faults ${sum("fault ")}`,
      ...lines("fault "),
      "other counts",
      ...others.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
      "invariants",
      report(findings),
      ...violations.slice(0, MOST_SHOWN).map((text) => `VIOLATION ${text.slice(0, 1500)}`),
      ...(violations.length > MOST_SHOWN ? [`… and ${violations.length - MOST_SHOWN} more`] : []),
      `seed ${seed}, ${minutes} min, schedule ${hash}: operations ${sum("op ") + sum("event ")}, ` +
        `faults ${sum("fault ")}, acknowledged writes ${acknowledged}, violations ${broken + violations.length}`,
    ].join("\n"),
  );
}
