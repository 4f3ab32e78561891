import type { InngestFunction } from "inngest";
import { inngest } from "@/server/job-engine/client";

/** What a test puts between a function and its steps. Each is called with the step's name. */
export type Hooks = {
  /** Before a step's own work. */
  before?: (step: string, runId: string) => Promise<void> | void;
  /** After it, with everything that it wrote committed and nothing of it remembered. */
  after?: (step: string, runId: string) => Promise<void> | void;
  /** In a later move, with the step remembered. */
  remembered?: (step: string, runId: string) => Promise<void> | void;
};

type Run = (id: string, work: () => unknown) => Promise<unknown>;
type Context = { runId: string; step: { run: Run } };

/** The same function, with something between it and its steps. */
export function hooked(fn: InngestFunction.Any, hooks: Hooks): InngestFunction.Any {
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
      // A step that was worked on ends the move: this line is reached with its memory alone.
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
