// Next's bundles ask, main.ts's module answers: they meet at the global object.
const shared = globalThis as typeof globalThis & { amrutamJobsWellAt?: number };

const STALE_MS = 30_000;

/** Notes that the jobs of this process got through to what they need, or that they ended. */
export function noteJobs(state: "well" | "stopped"): void {
  shared.amrutamJobsWellAt = state === "well" ? Date.now() : undefined;
}

/** Whether the jobs of this process got through lately; true where none were started. */
export function jobsAreWell(): boolean {
  const at = shared.amrutamJobsWellAt;
  return at === undefined || Date.now() - at < STALE_MS;
}
