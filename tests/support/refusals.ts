import { expect } from "vitest";
import { type Answer, errorOf } from "./http";

/** What no answer may tell: a stack, a file, SQL, a table or the ORM. */
export const INNARDS =
  /node_modules|\bat \S+ \(|\/src\/|\.ts\b|\.js\b|SELECT |INSERT |UPDATE .*SET|prisma|postgres|22P02|availability_slots|"stack"/i;

/** The contract's error: its status and reason, the request's id, and nothing of our innards. */
export function expectError(answer: Answer, status: number, reason: string | null): void {
  const error = errorOf(answer);
  expect({ status: answer.status, reason: error.data.reason }).toEqual({ status, reason });
  expect(answer.headers.get("x-request-id")).toBe(error.data.requestId);
  expect(answer.text).not.toMatch(INNARDS);
}

/** The error of a call. */
export async function expectRefused(
  call: Promise<Answer>,
  status: number,
  reason: string | null,
): Promise<void> {
  expectError(await call, status, reason);
}
