import type { InngestFunction } from "inngest";
import { inngest } from "@/server/job-engine/client";

/** Callbacks around the steps of a function. */
export type Hooks = {
  /** Runs before the work of a step. */
  before?: (step: string, runId: string) => Promise<void> | void;
  /** Runs after the work of a step, before its result is saved. */
  after?: (step: string, runId: string) => Promise<void> | void;
  /** Runs in a later call of the function, after the result of the step was saved. */
  remembered?: (step: string, runId: string) => Promise<void> | void;
};

type Run = (id: string, work: () => unknown) => Promise<unknown>;
type Context = { runId: string; step: { run: Run } };

/** Wraps a function so that the hooks run around its steps. */
export function withStepHooks(fn: InngestFunction.Any, hooks: Hooks): InngestFunction.Any {
  const handler = Reflect.get(fn, "fn") as (context: Context) => unknown;
  const wrapped = (context: Context) => {
    const { runId } = context;
    const run: Run = async (id, work) => {
      const result = await context.step.run(id, async () => {
        await hooks.before?.(id, runId);
        const done = await work();
        await hooks.after?.(id, runId);
        return done;
      });
      // Executing a step ends the call of the function. A later call reaches this line with the saved result.
      await hooks.remembered?.(id, runId);
      return result;
    };
    return handler({ ...context, step: { ...context.step, run } });
  };
  return inngest.createFunction(
    fn.opts as Parameters<typeof inngest.createFunction>[0],
    wrapped as unknown as Parameters<typeof inngest.createFunction>[1],
  );
}
