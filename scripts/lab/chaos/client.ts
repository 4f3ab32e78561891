import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps";
import type { Answer, Asked, Recorder } from "./record";
import type { Store } from "./store";

type Message = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
};
type Heard = { status: number; headers: Record<string, unknown>; text: string };

/** Far beyond what the server allows itself, even on a machine that is busy with other things. */
const PATIENCE_MS = 120_000;
const MOST_TRIES = 25;
const BALANCER_WAIT_MS = 20_000;

/** No kept-alive sockets: one that died with its process would fail a request that came later. */
function call(app: App, message: Message): Promise<Heard> {
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
    call.setTimeout(PATIENCE_MS, () => call.destroy(new Error("no answer in time")));
    call.on("error", reject);
    call.end(body);
  });
}

type Refusal = { reason?: string | null };

/** The reason of a refusal, as REST and tRPC each shape it. */
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

/** Talks to the two app processes as a client should: patient, and always under the same key. */
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

  /** The n-th process or, as behind a balancer, one that is up; waits a while for there to be one. */
  async balanced(n: number): Promise<App> {
    for (let waited = 0; waited < BALANCER_WAIT_MS; waited += 100) {
      const up = [this.app(n), this.app(n + 1)].find(({ isUp }) => isUp);
      if (up) return up;
      await sleep(100);
    }
    return this.app(n);
  }

  /** One try. @returns null where the connection failed, which only a fault excuses. */
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
      this.judge(message, answer);
      return answer;
    } catch (error) {
      this.recorder.count("connection failed");
      if (!app.wasInTroubleSince(start)) {
        const { message: why } = error as Error;
        this.recorder.violate(`${message.method} ${message.path}: ${why}, of a process that lives`);
      }
      return null;
    }
  }

  /** A server may be unavailable; it may not fail in any other way. */
  private judge({ method, path, headers }: Message, { status, reason, body }: Answer): void {
    if (status < 500) return;
    const isWebhook = path.startsWith("/api/webhooks/");
    if (status === 503 && (isWebhook || reason === "TRY_AGAIN")) {
      this.recorder.count("503 TRY_AGAIN");
      if (Date.now() - this.store.lastTrouble > 30_000) this.recorder.count("503 in quiet times");
      return;
    }
    const id = headers["x-request-id"];
    this.recorder.violate(`${status} for ${method} ${path} (${id}): ${JSON.stringify(body)}`);
  }

  /** One try of a write, on one process. */
  tryOnce(asked: Asked, app: App, label: string): Promise<Answer | null> {
    const { n, method, path, body, token, key } = asked;
    asked.tries++;
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
   * Asks until there is a final answer, on one process and the other by turns: nothing heard, a 503
   * and "still in flight" are asked again under the same key.
   */
  async settle(asked: Asked, firstApp: number): Promise<Answer | null> {
    for (let n = 0; n < MOST_TRIES; n++) {
      const answer = await this.tryOnce(asked, await this.balanced(firstApp + n), String(n));
      const again = !answer || answer.status === 503 || answer.reason === "IDEMPOTENCY_IN_FLIGHT";
      if (!again) {
        asked.answer = answer;
        return answer;
      }
      await sleep(Math.min(1500, 100 * 1.4 ** n));
    }
    this.recorder.count("never answered");
    return null;
  }

  /** Asks for something to read, until it is answered. */
  async read(path: string, token: string | null, firstApp: number): Promise<Answer | null> {
    for (let n = 0; n < MOST_TRIES; n++) {
      const headers: Record<string, string> = { "x-request-id": `read-${this.recorder.number()}` };
      if (token) headers.authorization = `Bearer ${token}`;
      const answer = await this.once(await this.balanced(firstApp + n), {
        method: "GET",
        path,
        headers,
      });
      if (answer && answer.status !== 503) return answer;
      await sleep(Math.min(1500, 100 * 1.4 ** n));
    }
    return null;
  }
}
