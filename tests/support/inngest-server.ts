import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type MishapAt, type Run, Runs } from "./inngest-runs";
import {
  cancels,
  eventBody,
  hashedKey,
  type Keys,
  registration,
  type ServedEvent,
  type ServedFunction,
} from "./inngest-wire";

type Reply = { status: number; body: object };
const refuse = (status: number, error: string): Reply => ({ status, body: { error, status } });

/**
 * A fake Inngest server on loopback: without keys like the dev server, with keys like the cloud or a
 * self-hosted server. It knows only what the app registers, and calls the app over HTTP.
 */
export class InngestServer {
  readonly functions = new Map<string, ServedFunction>();
  /** All accepted events by their ids. */
  readonly events = new Map<string, ServedEvent>();
  /** Refused requests, as `status path`. */
  readonly refused: string[] = [];
  private readonly runs: Runs;

  private constructor(
    private readonly server: Server,
    private readonly keys: Keys | null,
  ) {
    this.runs = new Runs(keys);
  }

  /** @param port of an earlier server that lost its memory. */
  static async start(keys: Keys | null = null, port = 0): Promise<InngestServer> {
    const server = createServer(async (incoming, outgoing) => {
      const { status, body } = await fake.answer(incoming);
      if (status >= 400) fake.refused.push(`${status} ${incoming.url}`);
      outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    const fake = new InngestServer(server, keys);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return fake;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Protocol violations of the app. */
  get complaints(): readonly string[] {
    return this.runs.complaints;
  }

  set mishapAt(decide: MishapAt) {
    this.runs.mishapAt = decide;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.runs.stop();
  }

  isIdle = () => this.runs.isIdle();
  isRetrying = () => this.runs.isRetrying();

  /** Sets the offset of the server's clock from real time. */
  setClock = (offsetMs: number) => this.runs.setOffset(offsetMs);

  /** The runs of a function whose event contains the id `about`, oldest first. */
  runsOf(name: string, about?: string): Run[] {
    return this.runs.all.filter(({ fn, event }) => {
      const isAbout = !about || Object.values(event.data).includes(about);
      return fn.id.endsWith(`-${name}`) && isAbout;
    });
  }

  /** The functions of failed runs. */
  failed = () => this.runs.all.flatMap(({ fn, status }) => (status === "FAILED" ? fn.id : []));

  /** Starts a cron function, as its schedule does. */
  tick(name: string): Run {
    const fn = [...this.functions.values()].find(({ id }) => id.endsWith(`-${name}`));
    const cron = fn?.triggers.flatMap((trigger) => ("cron" in trigger ? trigger.cron : []))[0];
    if (!fn || !cron) throw new Error(`${name} is not a cron function`);
    const event = { id: randomUUID(), name: "inngest/scheduled.timer", data: { cron } };
    return this.runs.start(fn, { ...event, ts: this.runs.now() });
  }

  private async answer(incoming: IncomingMessage): Promise<Reply> {
    const { method, url = "", headers } = incoming;
    const raw = await text(incoming);
    if (!/^inngest-js:v\d/.test(String(headers["x-inngest-sdk"]))) return refuse(400, "no SDK");
    if (method !== "POST" && method !== "PUT") return refuse(405, "method");
    if (url.split("?")[0] === "/fn/register") return this.register(raw, headers.authorization);
    const [, key] = /^\/e\/([^/?]+)$/.exec(url) ?? [];
    if (!key) return refuse(404, "not found");
    if (this.keys && key !== this.keys.event) return refuse(401, "Event key not found");
    return this.take(raw);
  }

  private register(raw: string, authorization?: string): Reply {
    if (this.keys && authorization !== `Bearer ${hashedKey(this.keys.signing)}`) {
      return refuse(401, "Unauthorized");
    }
    const parsed = registration.safeParse(JSON.parse(raw));
    if (!parsed.success) return refuse(400, parsed.error.message);
    this.functions.clear();
    for (const fn of parsed.data.functions) this.functions.set(fn.id, fn);
    return { status: 200, body: { ok: true, modified: true } };
  }

  private take(raw: string): Reply {
    const parsed = eventBody.safeParse(JSON.parse(raw));
    if (!parsed.success) return refuse(400, parsed.error.message);
    for (const { id = randomUUID(), ...event } of parsed.data) this.receive({ id, ...event });
    return { status: 200, body: { ids: parsed.data.map(() => randomUUID()), status: 200 } };
  }

  private receive(event: ServedEvent): void {
    if (this.events.has(event.id)) return;
    this.events.set(event.id, event);
    for (const run of this.runs.all) {
      if (run.status === "RUNNING" && cancels(run.fn, run.event, event)) run.status = "CANCELLED";
    }
    for (const fn of this.functions.values()) {
      const isTriggered = fn.triggers.some(
        (trigger) => "event" in trigger && trigger.event === event.name,
      );
      if (isTriggered) this.runs.start(fn, event);
    }
  }
}
