/** The outcome of one runner. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** Starts all runners before the first can finish, and waits for all. */
export async function race<T>(runners: Array<() => Promise<T>>): Promise<Array<Outcome<T>>> {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const running = runners.map(async (run): Promise<Outcome<T>> => {
    await gate;
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      return { ok: false, error };
    }
  });
  open();
  return Promise.all(running);
}

/** Runs the same runner `count` times at once. */
export const raceOf = <T>(count: number, run: (n: number) => Promise<T>) =>
  race(Array.from({ length: count }, (_, n) => () => run(n)));

/** The values of a race. @throws the first error of a runner. */
export function valuesOf<T>(outcomes: Array<Outcome<T>>): T[] {
  return outcomes.map((outcome) => {
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  });
}

/** Counts each label: `{ "200": 1, "409 SLOT_TAKEN": 199 }`. */
export function tally<T>(items: T[], label: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[label(item)] = (counts[label(item)] ?? 0) + 1;
  return counts;
}

/** The reason of a refusal, or "done". */
async function outcomeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return "done";
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { reason?: string } };
    return cause?.reason ?? message;
  }
}

/** The reason of each runner of a race, or "done". */
export const reasonsOf = async (runners: Array<() => Promise<unknown>>) =>
  (await race(runners.map((run) => () => outcomeOf(run)))).map((outcome) =>
    outcome.ok ? outcome.value : "threw",
  );
