import type { OperationKind } from "./schedule";

/** An answer as the client received it. */
export type Answer = {
  status: number;
  reason: string | null;
  replayed: boolean;
  body: unknown;
};

/** One write of the harness, which the client may have sent several times. */
export type SentWrite = {
  /** Part of the request id of each try. The audit log contains the request id. */
  n: number;
  kind: OperationKind;
  /**
   * The audit action that an acknowledged write records exactly once. Null for a choice on the checkout
   * page: the app stores the choice without an audit entry.
   */
  effect: string | null;
  method: "POST" | "DELETE";
  path: string;
  body: unknown;
  token: string | null;
  key: string | null;
  /** The time of the first try on the moved clock. By that clock, the app deletes a key after 24 hours. */
  sentAt: number;
  tries: number;
  /**
   * The final answer. If it is null, the client got no final answer: then the database is correct with the
   * effect of the write and without it.
   */
  answer: Answer | null;
};

/** An event that the harness sent as the gateway. */
export type SentEvent = {
  n: number;
  id: string;
  type: "payment.succeeded" | "payment.failed" | "refund.succeeded";
  paymentId: string;
  /** A forged event must have no effect. An event with a wrong amount may only be recorded as a mismatch. */
  nature: "genuine" | "forged" | "wrongAmount";
  acknowledged: boolean;
};

/** Records what a run sent and received. At the end, `verify` compares the database with this record. */
export class Recorder {
  readonly sent: SentWrite[] = [];
  readonly events: SentEvent[] = [];
  /** Payment id → the acknowledged choice of the patient on the checkout page. */
  readonly decisions = new Map<string, "pay" | "decline">();
  readonly violations: string[] = [];
  readonly counts = new Map<string, number>();
  private numbers = 0;

  nextNumber(): number {
    return ++this.numbers;
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  recordViolation(what: string): void {
    this.violations.push(what);
  }

  /** The acknowledged writes with this effect, each with the body of its answer. */
  acknowledged<Body>(effect: string): Array<{ sent: SentWrite; body: Body }> {
    return this.sent.flatMap((sent) =>
      sent.effect === effect && sent.answer?.status === 200
        ? [{ sent, body: sent.answer.body as Body }]
        : [],
    );
  }
}
