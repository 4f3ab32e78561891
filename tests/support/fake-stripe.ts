import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Stripe from "stripe";
import {
  DAY,
  HALF_HOUR,
  type Intent,
  type Metadata,
  metadataOf,
  type Refund,
  type Reply,
  refusal,
  type Session,
} from "./fake-stripe-shapes";

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * A fake of the part of Stripe's API that the app uses, written from Stripe's documentation: checkout
 * sessions, payment intents, refunds and idempotency keys. Its methods also act for people who pay or
 * leave, and build the events that Stripe sends.
 */
export class FakeStripe {
  readonly sessions = new Map<string, Session>();
  readonly intents = new Map<string, Intent>();
  readonly refunds: Refund[] = [];
  /** All received requests, as "METHOD /path". */
  readonly requests: string[] = [];
  /** If set, the status of every answer; "hang up" closes the connection instead. */
  failure: number | "hang up" | null = null;
  /** Whether idempotency keys are still known. Stripe deletes them after a day. */
  knowsKeys = true;
  /** The status of a new refund. */
  refundStatus: Refund["status"] = "succeeded";

  private readonly answered = new Map<string, { form: string; reply: Reply }>();
  private readonly server: Server;

  private constructor(
    private readonly key: string,
    private readonly webhookSecret: string,
  ) {
    this.server = createServer(async (incoming, outgoing) => {
      this.requests.push(`${incoming.method} ${incoming.url?.split("?")[0]}`);
      const form = await read(incoming);
      if (this.failure === "hang up") return void incoming.socket.destroy();
      const reply = this.failure
        ? refusal(this.failure, "api_error", "injected")
        : this.answer(incoming, form);
      outgoing.writeHead(reply.status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify(reply.body));
    });
  }

  static async start(key: string, webhookSecret: string): Promise<FakeStripe> {
    const fake = new FakeStripe(key, webhookSecret);
    await new Promise<void>((resolve) => fake.server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer({ method, url = "/", headers }: IncomingMessage, form: string): Reply {
    if (headers.authorization !== `Bearer ${this.key}`) {
      return refusal(401, "invalid_request_error", "no such key");
    }
    const { pathname, searchParams } = new URL(url, "http://stripe");
    if (method === "GET") return this.get(pathname, searchParams);
    const key = String(headers["idempotency-key"] ?? randomUUID());
    const before = this.knowsKeys ? this.answered.get(key) : undefined;
    if (before && before.form !== form) {
      return refusal(400, "idempotency_error", "other parameters than before under this key");
    }
    const reply = before?.reply ?? this.post(pathname, new URLSearchParams(form));
    this.answered.set(key, { form, reply });
    return reply;
  }

  private get(path: string, query: URLSearchParams): Reply {
    if (path === "/v1/refunds") {
      const data = this.refunds.filter(
        (refund) => refund.payment_intent === query.get("payment_intent"),
      );
      return { status: 200, body: { object: "list", data, has_more: false, url: path } };
    }
    const [, intentId] = /^\/v1\/payment_intents\/(.+)$/.exec(path) ?? [];
    const asked = this.intents.get(intentId ?? "");
    if (asked) return { status: 200, body: asked };
    const session = this.sessions.get(path.replace("/v1/checkout/sessions/", ""));
    if (!session) return refusal(404, "invalid_request_error", "not found");
    const expanded = [...query.values()].includes("payment_intent");
    const intent = this.intents.get(session.payment_intent ?? "");
    return {
      status: 200,
      body: expanded && intent ? { ...session, payment_intent: intent } : session,
    };
  }

  private post(path: string, form: URLSearchParams): Reply {
    if (path === "/v1/checkout/sessions") return this.createSession(form);
    if (path === "/v1/refunds") return this.createRefund(form);
    const [, expired] = /^\/v1\/checkout\/sessions\/(.+)\/expire$/.exec(path) ?? [];
    if (expired) return this.expireSession(this.sessions.get(expired));
    return refusal(404, "invalid_request_error", "not found");
  }

  private expireSession(session: Session | undefined): Reply {
    if (!session) return refusal(404, "invalid_request_error", "not found");
    if (session.status !== "open") {
      return refusal(400, "invalid_request_error", "only open sessions can be expired");
    }
    this.expire(session);
    return { status: 200, body: session };
  }

  private createSession(form: URLSearchParams): Reply {
    const lasts = Number(form.get("expires_at")) - Date.now() / 1000;
    if (!(lasts >= HALF_HOUR && lasts <= DAY)) {
      return refusal(400, "invalid_request_error", "expires_at must be in 30 minutes to 24 hours");
    }
    const id = `cs_test_${randomUUID()}`;
    const session: Session = {
      id,
      object: "checkout.session",
      url: `https://checkout.stripe.com/c/pay/${id}`,
      status: "open",
      payment_status: "unpaid",
      payment_intent: null,
      amount_total: Number(form.get("line_items[0][price_data][unit_amount]")),
      currency: form.get("line_items[0][price_data][currency]") ?? "",
      client_reference_id: form.get("client_reference_id"),
      metadata: metadataOf(form),
      expires_at: Number(form.get("expires_at")),
      success_url: form.get("success_url"),
      cancel_url: form.get("cancel_url"),
    };
    this.sessions.set(id, session);
    return { status: 200, body: session };
  }

  private createRefund(form: URLSearchParams): Reply {
    const intent = this.intents.get(form.get("payment_intent") ?? "");
    if (!intent) return refusal(404, "invalid_request_error", "no such payment_intent");
    const amount = Number(form.get("amount"));
    const back = this.refunds
      .filter((refund) => refund.payment_intent === intent.id && refund.status !== "failed")
      .reduce((sum, refund) => sum + refund.amount, 0);
    if (back + amount > intent.amount_received) {
      return refusal(400, "invalid_request_error", "greater than what is left of the charge");
    }
    const refund = this.addRefund(intent, amount, metadataOf(form), this.refundStatus);
    return { status: 200, body: refund };
  }

  private addRefund(
    intent: Intent,
    amount: number,
    metadata: Metadata,
    status: Refund["status"],
  ): Refund {
    const id = `re_${randomUUID()}`;
    const refund: Refund = {
      id,
      object: "refund",
      status,
      amount,
      payment_intent: intent.id,
      metadata,
    };
    this.refunds.push(refund);
    return refund;
  }

  /** Adds a refund of the app without a request, for example one from long ago. */
  order(made: { intent: Intent; refundId: string; amount: number; status: Refund["status"] }) {
    const { intent, refundId, amount, status } = made;
    return this.addRefund(intent, amount, { ...intent.metadata, refundId }, status);
  }

  /** Adds a refund that the clinic made in the dashboard, without metadata. */
  refundByHand(intent: Intent, amount: number): Refund {
    return this.addRefund(intent, amount, {}, "succeeded");
  }

  /** The checkout session of a payment. @throws if there is none. */
  sessionOf(paymentId: string): Session {
    const found = [...this.sessions.values()].find(
      ({ metadata }) => metadata.paymentId === paymentId,
    );
    if (!found) throw new Error(`no session of ${paymentId}`);
    return found;
  }

  /** The patient pays on Stripe's page. */
  pay(session: Session, paid: { amount?: number; currency?: string } = {}): Intent {
    const intent = this.attempt(session, "succeeded");
    intent.amount_received = paid.amount ?? session.amount_total;
    intent.currency = paid.currency ?? session.currency;
    session.payment_status = "paid";
    return intent;
  }

  /** The patient chooses a payment method whose result comes later. */
  attempt(session: Session, status: Intent["status"]): Intent {
    const id = session.payment_intent ?? `pi_${randomUUID()}`;
    const { metadata, currency } = session;
    const intent: Intent = {
      id,
      object: "payment_intent",
      status,
      amount_received: 0,
      currency,
      metadata,
    };
    this.intents.set(id, intent);
    Object.assign(session, { payment_intent: id, status: "complete", url: null });
    return intent;
  }

  /** Expires an unpaid session. */
  expire(session: Session): void {
    Object.assign(session, { status: "expired", url: null });
  }

  /** Builds an event of Stripe with its signature. */
  event(type: string, object: object, secondsAgo = 0) {
    const id = `evt_${randomUUID()}`;
    const payload = JSON.stringify({ id, object: "event", type, data: { object } });
    return { id, raw: payload, signature: this.sign(payload, secondsAgo) };
  }

  sign(payload: string, secondsAgo = 0, secret = this.webhookSecret): string {
    const timestamp = Math.floor(Date.now() / 1000) - secondsAgo;
    return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  }
}
