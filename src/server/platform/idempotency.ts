import { createHmac, hkdfSync } from "node:crypto";
import { env } from "@/env";
import { currentKeyVersion, open, type Place, seal, systemKey } from "./crypto";
import { db } from "./db";
import { AppError, isConnectionLoss, type Reason, type RefusalData } from "./errors";
import { inTransaction, type Tx } from "./transaction";

/** What identifies a write: the caller, the procedure and the idempotency key. */
export type WriteScope = { userId: string; procedure: string; key: string };

type Answer<T> = { ok: true; value: T } | { ok: false; reason: Reason; data: RefusalData };
type Stored<T> = { answer: Answer<T>; replayed: boolean };

/** Returns JSON with sorted keys, so that the hash does not depend on the order of the fields. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Hashes an input with a key: some inputs are passwords or codes, and a plain hash can be guessed. */
function hashInput(input: unknown): Buffer {
  const key = Buffer.from(hkdfSync("sha256", env.AUTH_SECRET, "", "idempotency", 32));
  return createHmac("sha256", key)
    .update(canonicalJson(input ?? null))
    .digest();
}

const place = (scope: WriteScope): Place => ({
  table: "idempotency_keys",
  column: "response",
  rowId: `${scope.procedure} ${scope.key}`,
  ownerId: scope.userId,
});

const versionHead = (version: number) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(version);
  return head;
};

/** Encrypts an answer, because it may contain clinical data. The key's version comes first. */
function pack(scope: WriteScope, answer: Answer<unknown>): Uint8Array<ArrayBuffer> {
  const version = currentKeyVersion();
  const plain = Buffer.from(JSON.stringify(answer), "utf8");
  const sealed = seal(systemKey("idempotency", version), plain, place(scope), version);
  return new Uint8Array(Buffer.concat([versionHead(version), sealed]));
}

function unpack<T>(scope: WriteScope, packed: Uint8Array): Answer<T> {
  const bytes = Buffer.from(packed);
  const version = bytes.readUInt32BE(0);
  const plain = open(systemKey("idempotency", version), bytes.subarray(4), place(scope), version);
  return JSON.parse(plain.toString("utf8")) as Answer<T>;
}

const BATCH = 200;

/**
 * Encrypts the stored answers again that use an older key-encryption key, while the app runs. A key may
 * be removed only when no answer needs it.
 * @returns how many answers were encrypted again.
 */
export async function resealAnswers(): Promise<number> {
  const head = new Uint8Array(versionHead(currentKeyVersion()));
  let resealed = 0;
  for (;;) {
    const rows = await db.$queryRaw<Array<WriteScope & { response: Uint8Array<ArrayBuffer> }>>`
      SELECT user_id AS "userId", procedure, key, response FROM idempotency_keys
       WHERE substring(response FOR 4) <> ${head} LIMIT ${BATCH}`;
    for (const { response, ...scope } of rows) {
      const { count } = await db.idempotencyKey.updateMany({
        where: { ...scope, response },
        data: { response: pack(scope, unpack(scope, response)) },
      });
      resealed += count;
    }
    if (rows.length < BATCH) return resealed;
  }
}

/** Reads the stored answer of a key. @throws IDEMPOTENCY_MISMATCH if the input differs. */
async function readAnswer<T>(scope: WriteScope, requestHash: Buffer): Promise<Answer<T> | null> {
  const row = await db.idempotencyKey.findUnique({
    where: { userId_procedure_key: scope },
    select: { requestHash: true, response: true },
  });
  if (!row) return null;
  if (!requestHash.equals(row.requestHash)) throw new AppError("IDEMPOTENCY_MISMATCH");
  return unpack<T>(scope, row.response);
}

/** Stores an answer. @returns false if another run with the same key committed first. */
async function storeAnswer(
  tx: Tx,
  scope: WriteScope,
  requestHash: Buffer,
  answer: Answer<unknown>,
) {
  const { count } = await tx.idempotencyKey.createMany({
    data: [{ ...scope, requestHash: new Uint8Array(requestHash), response: pack(scope, answer) }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** Rolls the transaction back: another run with the same key has committed meanwhile. */
class AlreadyAnswered extends Error {}

async function firstAnswer<T>(
  scope: WriteScope,
  requestHash: Buffer,
  work: (tx: Tx) => Promise<T>,
): Promise<Answer<T> | "already answered"> {
  try {
    return await inTransaction(async (tx) => {
      const answer: Answer<T> = { ok: true, value: await work(tx) };
      if (!(await storeAnswer(tx, scope, requestHash, answer))) throw new AlreadyAnswered();
      return answer;
    });
  } catch (error) {
    if (error instanceof AlreadyAnswered) return "already answered";
    // CONFLICT and NOT_FOUND are stored as answers. Other refusals may not recur, so they are not.
    if (!(error instanceof AppError) || !["CONFLICT", "NOT_FOUND"].includes(error.code))
      throw error;
    return { ok: false, reason: error.reason, data: error.data };
  }
}

/** Stores a refusal, unless the key has an answer by now: then that answer is replayed. */
async function storeOrReplay<T>(
  scope: WriteScope,
  requestHash: Buffer,
  answer: Answer<T> | "already answered",
): Promise<Stored<T>> {
  if (answer !== "already answered") {
    if (answer.ok) return { answer, replayed: false };
    if (await storeAnswer(db, scope, requestHash, answer)) return { answer, replayed: false };
  }
  const earlier = await readAnswer<T>(scope, requestHash);
  if (!earlier) throw new AppError("IDEMPOTENCY_IN_FLIGHT");
  return { answer: earlier, replayed: true };
}

/**
 * Runs a write once per key, in one Serializable transaction that also stores the answer of the key.
 *
 * @param recover called after a refusal was rolled back. It returns true if it removed the obstacle,
 *   for example a stale hold: then the write is tried once more before the refusal is stored.
 * @returns the value, and whether it is the replay of an earlier answer.
 * @throws AppError of the write; IDEMPOTENCY_MISMATCH for another input with the same key.
 */
export async function writeOnce<T>(
  scope: WriteScope,
  input: unknown,
  work: (tx: Tx) => Promise<T>,
  recover?: (reason: Reason) => Promise<boolean>,
): Promise<{ value: T; replayed: boolean }> {
  const requestHash = hashInput(input);
  const earlier = await readAnswer<T>(scope, requestHash);
  const { answer, replayed } = earlier
    ? { answer: earlier, replayed: true }
    : await runOnce(scope, requestHash, work, recover);
  if (!answer.ok) {
    const refusal = new AppError(answer.reason, answer.data);
    refusal.replayed = replayed;
    throw refusal;
  }
  return { value: answer.value, replayed };
}

async function runOnce<T>(
  scope: WriteScope,
  requestHash: Buffer,
  work: (tx: Tx) => Promise<T>,
  recover?: (reason: Reason) => Promise<boolean>,
): Promise<Stored<T>> {
  try {
    let answer = await firstAnswer(scope, requestHash, work);
    if (answer !== "already answered" && !answer.ok && (await recover?.(answer.reason))) {
      answer = await firstAnswer(scope, requestHash, work);
    }
    return await storeOrReplay(scope, requestHash, answer);
  } catch (error) {
    // After a connection loss at COMMIT, the stored row shows whether the transaction committed.
    if (!(error instanceof AppError) || !isConnectionLoss(error.cause)) throw error;
    const earlier = await readAnswer<T>(scope, requestHash).catch(() => null);
    if (!earlier) throw error;
    return { answer: earlier, replayed: true };
  }
}
