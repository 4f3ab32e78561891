import type { OperationKind } from "./schedule";

/** An answer as the client got it. */
export type Answer = {
  status: number;
  reason: string | null;
  replayed: boolean;
  body: unknown;
};

/** One write that the harness asked for, however often it had to ask. */
export type Asked = {
  /** Stands in the request id of every try, which the audit trail keeps. */
  n: number;
  kind: OperationKind;
  /** The audit action that the write leaves exactly once where it was acknowledged. */
  effect: string | null;
  method: "POST" | "DELETE";
  path: string;
  body: unknown;
  token: string | null;
  key: string | null;
  /** By the moved clock: keys are kept for 24 hours of it. */
  askedAt: number;
  tries: number;
  /** The final answer; null where none ever came, so that both outcomes are right. */
  answer: Answer | null;
};

/** A signed event that the harness, as the gateway, sent; and whether the app took it. */
export type SentEvent = {
  n: number;
  id: string;
  type: "payment.succeeded" | "payment.failed" | "refund.succeeded";
  paymentId: string;
  /** What the app must make of it: forged ones leave nothing, wrong amounts a note. */
  nature: "true" | "forged" | "wrongAmount";
  acknowledged: boolean;
};

/** Everything that a run did and heard, for the reckoning at the end. */
export class Recorder {
  readonly asked: Asked[] = [];
  readonly events: SentEvent[] = [];
  /** payment id → what its patient chose on the checkout page, acknowledged. */
  readonly decisions = new Map<string, "pay" | "decline">();
  readonly violations: string[] = [];
  readonly counts = new Map<string, number>();
  private numbers = 0;

  number(): number {
    return ++this.numbers;
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  violate(what: string): void {
    this.violations.push(what);
  }

  /** The acknowledged writes of a kind of effect, with the body that acknowledged them. */
  acknowledged<Body>(effect: string): Array<{ asked: Asked; body: Body }> {
    return this.asked.flatMap((asked) =>
      asked.effect === effect && asked.answer?.status === 200
        ? [{ asked, body: asked.answer.body as Body }]
        : [],
    );
  }
}
