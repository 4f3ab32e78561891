import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { queuePerConnection } from "@/server/platform/connection-queue";

const AT_ONCE = 10;

/** Makes a connection whose requests are answered when the test calls `finish`. */
function connect() {
  const connection = new PassThrough();
  connection.resume();
  const started: number[] = [];
  const answers: EventEmitter[] = [];
  const send = (count: number) => {
    for (let sent = 0; sent < count; sent++) {
      const answer = new EventEmitter();
      const number = answers.push(answer);
      queuePerConnection(connection, answer as ServerResponse, () => started.push(number));
    }
  };
  const finish = async (number: number) => {
    answers[number - 1]?.emit("close");
    await setImmediate();
  };
  return { connection, started, answers, send, finish };
}

test("a connection runs at most ten requests at once, and is not read while more wait", () => {
  const { connection, started, send } = connect();
  send(AT_ONCE);
  expect(connection.isPaused()).toBe(false);
  send(1000);
  expect(started).toHaveLength(AT_ONCE);
  expect(connection.isPaused()).toBe(true);
});

test("a connection starts waiting requests in order, and is read again once none waits", async () => {
  const { connection, started, send, finish } = connect();
  send(AT_ONCE + 2);
  await finish(1);
  expect(started.at(-1)).toBe(AT_ONCE + 1);
  expect(connection.isPaused()).toBe(true);
  await finish(2);
  expect(started.at(-1)).toBe(AT_ONCE + 2);
  expect(connection.isPaused()).toBe(false);
});

test("a closed connection starts no further request", async () => {
  const { connection, started, send, finish } = connect();
  send(AT_ONCE + 5);
  connection.destroy();
  for (let number = 1; number <= AT_ONCE; number++) await finish(number);
  expect(started).toHaveLength(AT_ONCE);
});

test("a connection with waiting requests does not block another connection", () => {
  const [full, other] = [connect(), connect()];
  full.send(50);
  other.send(1);
  expect(other.started).toEqual([1]);
});

test("a waiting request starts only after other connections had a turn", () => {
  const { started, answers, send } = connect();
  send(AT_ONCE + 1);
  answers[0]?.emit("close");
  expect(started).toHaveLength(AT_ONCE);
});
