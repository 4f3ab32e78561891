// main.ts records the state and Next's bundles read it. The global object shares it.
const shared = globalThis as typeof globalThis & { amrutamJobsHealthyAt?: number };

const STALE_MS = 30_000;

/** Records that the jobs of this process reached the database and the engine, or that they stopped. */
export function recordJobHealth(state: "healthy" | "stopped"): void {
  shared.amrutamJobsHealthyAt = state === "healthy" ? Date.now() : undefined;
}

/** Whether the jobs of this process were healthy in the last 30 seconds; true if none were started. */
export function areJobsHealthy(): boolean {
  const at = shared.amrutamJobsHealthyAt;
  return at === undefined || Date.now() - at < STALE_MS;
}
