import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

const CONNECTIONS = 24;

type Call = { method: string; path: string; body?: object };

/** Chooses the n-th request. A third of the requests are writes. */
function callOf(number: number, doctorIds: string[]): Call {
  const doctorId = doctorIds[number % doctorIds.length];
  const calls: Call[] = [
    { method: "GET", path: "/doctors?limit=5" },
    { method: "PATCH", path: "/me", body: { name: `Patient ${number}` } },
    { method: "GET", path: `/doctors/${doctorId}/slots` },
    { method: "GET", path: "/me" },
    { method: "POST", path: "/me/consents", body: { purpose: "consultation" } },
    { method: "GET", path: "/bookings" },
  ];
  return calls[number % calls.length] ?? { method: "GET", path: "/me" };
}

/** Sends requests over kept-alive connections until it is stopped, and records the failures. */
export class Load {
  sent = 0;
  writes = 0;
  readonly failures: string[] = [];
  private isOver = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  private readonly workers: Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly tokens: string[],
    private readonly doctorIds: string[],
  ) {
    this.workers = Array.from({ length: CONNECTIONS }, () => this.work());
  }

  private async work(): Promise<void> {
    while (!this.isOver) {
      const number = this.sent++;
      const call = callOf(number, this.doctorIds);
      if (call.body) this.writes++;
      const failure = await this.send(call, number).catch((error: Error) => error.message);
      if (failure) this.failures.push(`${call.method} ${call.path}: ${failure}`);
    }
  }

  /** Sends one request. @returns the failure; null if the answer is 200. */
  private async send({ method, path, body }: Call, number: number): Promise<string | null> {
    const headers = {
      authorization: `Bearer ${this.tokens[number % this.tokens.length]}`,
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
    };
    const outgoing = request(`${this.url}/api/v1${path}`, { method, headers, agent: this.agent });
    outgoing.end(body && JSON.stringify(body));
    const [incoming] = await once(outgoing, "response");
    const answer = await text(incoming);
    return incoming.statusCode === 200 ? null : `${incoming.statusCode} ${answer.slice(0, 200)}`;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.workers);
    this.agent.destroy();
  }
}
