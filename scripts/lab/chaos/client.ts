import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps";
import type { Answer, Recorder, SentWrite } from "./record";
import type { Store } from "./store";

type Message = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
};
type RawAnswer = { status: number; headers: Record<string, unknown>; text: string };

/** Far above the server's own limit, even on a busy machine. */
const TIMEOUT_MS = 120_000;
export const MOST_TRIES = 25;
const BALANCER_WAIT_MS = 20_000;

/** Sends a request on a new connection. A kept-alive connection could lead to a process that was killed. */
function call(app: App, message: Message): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body } = message;
    const call = request(
      { host: "127.0.0.1", port: app.port, method, path, headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => {
          text += part;
        });
        response.on("end", () => {
          if (!response.complete) reject(new Error("the answer was cut off"));
          else resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
        response.on("error", reject);
      },
    );
    call.setTimeout(TIMEOUT_MS, () => call.destroy(new Error("no answer in time")));
    call.on("error", reject);
    call.end(body);
  });
}

type Refusal = { reason?: string | null };

/** Reads the reason of a refusal from a REST or a tRPC answer. */
function reasonOf(body: unknown): string | null {
  const parsed = body as {
    data?: Refusal;
    error?: { data?: Refusal };
  } | null;
  return parsed?.data?.reason ?? parsed?.error?.data?.reason ?? null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A client of the two app processes that repeats a write under the same key until it is answered. */
export class Client {
  constructor(
    private readonly apps: readonly App[],
    private readonly store: Store,
    private readonly recorder: Recorder,
  ) {}

  app(n: number): App {
    const app = this.apps[n % this.apps.length];
    if (!app) throw new Error("there are no apps");
    return app;
  }

  /** Chooses the n-th process, or the other process if only the other is up. Waits if both are down. */
  async balanced(n: number): Promise<App> {
    for (let waited = 0; waited < BALANCER_WAIT_MS; waited += 100) {
      const up = [this.app(n), this.app(n + 1)].find(({ isUp }) => isUp);
      if (up) return up;
      await sleep(100);
    }
    return this.app(n);
  }

  /** Sends a request once. @returns null if the connection failed, which is a violation without a fault. */
  async once(app: App, message: Message): Promise<Answer | null> {
    const start = Date.now();
    try {
      const { status, headers, text } = await call(app, message);
      const body = parse(text);
      const answer = {
        status,
        reason: reasonOf(body),
        replayed: headers["idempotent-replayed"] === "true",
        body,
      };
      this.checkStatus(message, answer);
      return answer;
    } catch (error) {
      this.recorder.count("connection failed");
      if (!app.wasDisturbedSince(start)) {
        const { message: why } = error as Error;
        this.recorder.recordViolation(
          `${message.method} ${message.path}: ${why}, although the process was running`,
        );
      }
      return null;
    }
  }

  /** Records a violation for each 5xx answer other than an expected 503. */
  private checkStatus({ method, path, headers }: Message, { status, reason, body }: Answer): void {
    if (status < 500) return;
    const isWebhook = path.startsWith("/api/webhooks/");
    if (status === 503 && (isWebhook || reason === "TRY_AGAIN")) {
      this.recorder.count("503 TRY_AGAIN");
      if (Date.now() - this.store.lastFaultAt > 30_000)
        this.recorder.count("503 without a recent fault");
      return;
    }
    const id = headers["x-request-id"];
    this.recorder.recordViolation(
      `${status} for ${method} ${path} (${id}): ${JSON.stringify(body)}`,
    );
  }

  /** Sends a write once, to one process. */
  tryOnce(sent: SentWrite, app: App, label: string): Promise<Answer | null> {
    const { n, method, path, body, token, key } = sent;
    sent.tries++;
    return this.once(app, {
      method,
      path,
      headers: {
        "content-type": "application/json",
        "x-request-id": `op-${n}-${label}`,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(key && { "idempotency-key": key }),
      },
      ...(method === "POST" && { body: JSON.stringify(body) }),
    });
  }

  /**
   * Repeats a write under the same key until there is a final answer, on both processes in turn.
   * No answer, a 503 and "still in flight" are not final.
   */
  async settle(sent: SentWrite, firstApp: number): Promise<Answer | null> {
    const answer = await this.untilFinal(firstApp, (app, n) => this.tryOnce(sent, app, String(n)));
    if (answer) sent.answer = answer;
    else this.recorder.count("never answered");
    return answer;
  }

  /** Repeats a GET until it is answered. */
  read(path: string, token: string | null, firstApp: number): Promise<Answer | null> {
    return this.untilFinal(firstApp, (app) =>
      this.once(app, {
        method: "GET",
        path,
        headers: {
          "x-request-id": `read-${this.recorder.nextNumber()}`,
          ...(token && { authorization: `Bearer ${token}` }),
        },
      }),
    );
  }

  private async untilFinal(
    firstApp: number,
    attempt: (app: App, n: number) => Promise<Answer | null>,
  ): Promise<Answer | null> {
    for (let n = 0; n < MOST_TRIES; n++) {
      const answer = await attempt(await this.balanced(firstApp + n), n);
      if (isFinal(answer)) return answer;
      await pause(n);
    }
    return null;
  }
}

/** Waits after the n-th try, longer each time. */
export const pause = (n: number) => sleep(Math.min(1500, 100 * 1.4 ** n));

export const isFinal = (answer: Answer | null): answer is Answer =>
  answer !== null && answer.status !== 503 && answer.reason !== "IDEMPOTENCY_IN_FLIGHT";
