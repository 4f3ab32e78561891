import { randomUUID } from "node:crypto";
import {
  type Answer,
  canonical,
  instantOf,
  type Keys,
  type Operation,
  operations,
  type ServedEvent,
  type ServedFunction,
  signatureOf,
  VERSION,
  wrongWith,
} from "./inngest-wire";

/** One call of the app and its outcome. */
type Call = { stepId: string; attempt: number; outcome: string };

export type Run = {
  id: string;
  fn: ServedFunction;
  event: ServedEvent;
  status: "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";
  /** The saved results of its steps; null for a finished sleep. */
  steps: Record<string, { data: unknown } | { error: unknown } | null>;
  stack: string[];
  calls: Call[];
  /** Number of calls of the app for this run. */
  callCount: number;
  output: unknown;
  /** The protocol version of the SDK; -1 before the first call. */
  version: number;
  isParallel: boolean;
  /** Hashes of steps that are planned or asleep. Reporting one again starts nothing. */
  open: Set<string>;
};

/** A fault of a call: its answer is lost, or it is made twice at the same time. */
export type Mishap = "lost" | "twice";
export type MishapAt = (call: { fnId: string; attempt: number; calls: number }) => Mishap | null;

type Item = { run: Run; stepId: string; attempt: number; dueAt: number; endsSleep?: string };

/** Delay before the next try if a failed try sent no Retry-After. */
export const RETRY_MS = 10_000;

const nameOf = ({ displayName, name, id }: Operation) => displayName ?? name ?? id;

/** Executes runs step by step over HTTP, and keeps all state in memory. */
export class Runs {
  readonly all: Run[] = [];
  /** Protocol violations of the app. */
  readonly complaints: string[] = [];
  mishapAt: MishapAt = () => null;
  private queue: Item[] = [];
  private readonly busy = new Set<Promise<void>>();
  private offset = 0;
  private readonly timer = setInterval(() => this.pump(), 10);

  constructor(private readonly keys: Keys | null) {}

  now = () => Date.now() + this.offset;

  /** Moves the clock of sleeps and retries. */
  setOffset(ms: number): void {
    this.offset = ms;
  }

  /** Whether a failed step waits for its next try. */
  isRetrying = () => this.queue.some(({ run, attempt }) => isRunning(run) && attempt > 0);

  /** Whether no work is running or due. */
  isIdle(): boolean {
    const isDue = ({ run, dueAt }: Item) => isRunning(run) && dueAt <= this.now();
    return this.busy.size === 0 && !this.queue.some(isDue);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.busy);
  }

  start(fn: ServedFunction, event: ServedEvent): Run {
    const run: Run = {
      id: randomUUID(),
      fn,
      event,
      status: "RUNNING",
      steps: {},
      stack: [],
      calls: [],
      callCount: 0,
      output: undefined,
      version: -1,
      isParallel: false,
      open: new Set(),
    };
    this.all.push(run);
    this.discover(run);
    return run;
  }

  /** Schedules a call that asks the function for its next step. */
  private discover(run: Run): void {
    this.queue.push({ run, stepId: "step", attempt: 0, dueAt: 0 });
  }

  private pump(): void {
    const due = this.queue.filter(({ dueAt }) => dueAt <= this.now());
    this.queue = this.queue.filter((item) => !due.includes(item));
    for (const item of due) {
      const work = this.perform(item)
        .catch((error) => void this.complaints.push(`${item.run.fn.id}: ${error}`))
        .finally(() => this.busy.delete(work));
      this.busy.add(work);
    }
  }

  private async perform(item: Item): Promise<void> {
    const { run, attempt, endsSleep } = item;
    if (!isRunning(run)) return;
    if (endsSleep) remember(run, endsSleep, null);
    const known = new Set(Object.keys(run.steps));
    const mishap = this.mishapAt({ fnId: run.fn.id, attempt, calls: run.calls.length });
    const copies = mishap === "twice" ? 2 : 1;
    const [answer] = await Promise.all(Array.from({ length: copies }, () => this.call(item)));
    // The run was cancelled during the call: ignore the answer.
    if (!isRunning(run)) return;
    if (!answer || mishap === "lost") this.tryAgain(item, "lost", null);
    else if (answer.status === 206) this.take(item, answer, known);
    else if (answer.status === 200) {
      note(item, "done");
      run.output = JSON.parse(answer.text);
      run.status = "COMPLETED";
    } else this.tryAgain(item, String(answer.status), answer.headers);
  }

  /** Calls the app as a real server does. @returns null if the app cannot be reached. */
  private async call({ run, stepId, attempt }: Item): Promise<Answer | null> {
    const { fn, event, steps, stack, version, isParallel } = run;
    run.callCount += 1;
    const url = new URL(fn.steps.step.runtime.url);
    url.searchParams.set("stepId", stepId);
    const body = canonical({
      version,
      event: { user: {}, ...event },
      events: [{ user: {}, ...event }],
      steps,
      use_api: false,
      ctx: {
        run_id: run.id,
        fn_id: randomUUID(),
        env: this.keys ? "production" : "dev",
        step_id: "step",
        attempt,
        max_attempts: maxAttempts(fn),
        stack: { stack, current: stack.length },
        disable_immediate_execution: isParallel,
        use_api: false,
      },
    });
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          "x-inngest-server-kind": this.keys ? "cloud" : "dev",
          ...(this.keys && { "x-inngest-signature": signatureOf(body, this.keys.signing) }),
        },
        body,
      });
      const answer = {
        status: response.status,
        text: await response.text(),
        headers: response.headers,
      };
      this.complaints.push(...wrongWith(answer, this.keys).map((what) => `${fn.id}: ${what}`));
      run.version = Number(answer.headers.get(VERSION));
      return answer;
    } catch {
      return null;
    }
  }

  private take(item: Item, answer: Answer, known: Set<string>): void {
    const { run } = item;
    const reported = operations.parse(JSON.parse(answer.text));
    if (reported.length > 1) run.isParallel = true;
    for (const operation of reported) {
      const { id, op } = operation;
      if (known.has(id)) this.complaints.push(`${run.fn.id}: reports ${nameOf(operation)} again`);
      if (op === "StepError" && !isLastTry(item, answer.headers)) {
        this.tryAgain(item, `${nameOf(operation)} failed`, answer.headers);
      } else if (op === "StepPlanned" || op === "Sleep") {
        if (run.open.has(id)) continue;
        run.open.add(id);
        note(item, `${nameOf(operation)} ${op}`);
        const end = op === "Sleep" && (operation.opts?.duration ?? operation.name ?? "");
        this.queue.push(
          end === false
            ? { run, stepId: id, attempt: 0, dueAt: 0 }
            : { run, stepId: "step", attempt: 0, dueAt: instantOf(end, this.now()), endsSleep: id },
        );
      } else {
        note(item, `${nameOf(operation)} ${op === "StepRun" ? "ran" : "gave up"}`);
        const { data = null, error } = operation;
        remember(run, id, op === "StepRun" ? { data } : { error });
        this.discover(run);
      }
    }
    if (reported.length === 0) note(item, "nothing new");
  }

  private tryAgain(item: Item, outcome: string, headers: Headers | null): void {
    note(item, outcome);
    if (isLastTry(item, headers)) {
      item.run.status = "FAILED";
      return;
    }
    const after = headers?.get("retry-after");
    const dueAt = after ? instantOf(after, this.now()) : this.now() + RETRY_MS;
    this.queue.push({ run: item.run, stepId: item.stepId, attempt: item.attempt + 1, dueAt });
  }
}

const isRunning = ({ status }: Run) => status === "RUNNING";

const maxAttempts = ({ steps }: ServedFunction) => (steps.step.retries?.attempts ?? 3) + 1;

const isLastTry = ({ run, attempt }: Item, headers: Headers | null) =>
  headers?.get("x-inngest-no-retry") === "true" || attempt + 1 >= maxAttempts(run.fn);

const note = ({ run, stepId, attempt }: Item, outcome: string) =>
  run.calls.push({ stepId, attempt, outcome });

function remember(run: Run, id: string, memory: Run["steps"][string]): void {
  if (id in run.steps) return;
  run.steps[id] = memory;
  run.stack.push(id);
}
