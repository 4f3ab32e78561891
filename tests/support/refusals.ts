import { expect } from "vitest";
import { type Answer, errorOf } from "./http";

/** What no answer may contain: stacks, file names, SQL, table names or the ORM. */
export const INTERNALS =
  /node_modules|\bat \S+ \(|\/src\/|\.ts\b|\.js\b|SELECT |INSERT |UPDATE .*SET|prisma|postgres|22P02|availability_slots|"stack"/i;

/** Checks that an answer is an error of the contract with this status and reason, without internals. */
export function expectError(answer: Answer, status: number, reason: string | null): void {
  const error = errorOf(answer);
  expect({ status: answer.status, reason: error.data.reason }).toEqual({ status, reason });
  expect(answer.headers.get("x-request-id")).toBe(error.data.requestId);
  expect(answer.text).not.toMatch(INTERNALS);
}

/** Checks that a call is refused. */
export async function expectRefused(
  call: Promise<Answer>,
  status: number,
  reason: string | null,
): Promise<void> {
  expectError(await call, status, reason);
}
