import type { Outcome } from "./generator";

/** A row of the table: the alternating rounds of the app and of the bare server. */
export type Measured = { name: string; app: Outcome[]; bare: Outcome[] };

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

const medianOf = (rounds: Outcome[], figure: (outcome: Outcome) => number) =>
  median(rounds.map(figure));

const rate = (value: number) => Math.round(value).toLocaleString("en");
const ms = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** The answers other than 200 in all rounds. */
function errors(rounds: Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { statuses } of rounds) {
    for (const [status, count] of Object.entries(statuses)) {
      if (status !== "200") counts.set(status, (counts.get(status) ?? 0) + count);
    }
  }
  const parts = [...counts].map(([status, count]) => `${count} × ${status}`);
  return parts.length > 0 ? parts.join(", ") : "0";
}

const latencies = (rounds: Outcome[]) =>
  [
    medianOf(rounds, (outcome) => outcome.p50),
    medianOf(rounds, (outcome) => outcome.p95),
    medianOf(rounds, (outcome) => outcome.p99),
  ]
    .map(ms)
    .join(" / ");

const row = ({ name, app, bare }: Measured) => {
  const [appRate = 0, bareRate = 0] = [app, bare].map((rounds) =>
    medianOf(rounds, (outcome) => outcome.perSecond),
  );
  return [
    name,
    `${(medianOf(app, (outcome) => outcome.bytes) / 1024).toFixed(1)} KB`,
    rate(appRate),
    latencies(app),
    errors(app),
    rate(bareRate),
    latencies(bare),
    errors(bare),
    (appRate / bareRate).toFixed(3),
  ];
};

/** Formats the table as in the README. */
export function markdown(measured: Measured[]): string {
  const head = [
    "Call",
    "answer",
    "app, requests/s",
    "p50 / p95 / p99 ms",
    "errors",
    "bare, requests/s",
    "p50 / p95 / p99 ms",
    "errors",
    "app ÷ bare",
  ];
  const lines = [head, ["---", ...Array(head.length - 1).fill("--:")], ...measured.map(row)];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
