import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Prisma } from "@/generated/prisma/client";
import { createSweeper } from "@/server/platform/sweep";
import { sweeps } from "@/server/sweeps";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { dropEvents, forgetJobs, type Scenario } from "../../support/job-cases";
import { until } from "../../support/jobs";
import { raceOf, valuesOf } from "../../support/race";
import { prepareMissed, prepareOver } from "./cases/bookings";
import { prepareUnsent } from "./cases/notifications";
import { prepareLostRefund, prepareLostWebhook } from "./cases/payments";

const cases: Array<[name: string, prepare: () => Promise<Scenario>]> = [
  ["messages", prepareUnsent],
  ["holds", prepareOver],
  ["payments and refunds", prepareLostWebhook],
  ["payments and refunds", prepareLostRefund],
  ["missed consultations", prepareMissed],
];

afterEach(async () => {
  await forgetJobs();
  await sql("TRUNCATE sweeps");
  await expectInvariants();
});

const settleOf = (name: string) => {
  const sweep = sweeps.find((one) => one.name === name);
  if (!sweep) throw new Error(`no sweep ${name}`);
  return sweep.settle;
};

describe("what is owed by a row is done once without any job, whoever sweeps at once", () => {
  test.each(cases)("%s", async (name, prepare) => {
    const { effect, once } = await prepare();
    await dropEvents();
    expect(await effect()).not.toEqual(once);

    valuesOf(await raceOf(5, settleOf(name)));
    await settleOf(name)();

    expect(await effect()).toEqual(once);
  });
});

describe("what is not owed any more is left alone", () => {
  test.each(cases)("%s", async (name, prepare) => {
    const { effect, undo, undone } = await prepare();
    await undo?.();
    await dropEvents();

    await settleOf(name)();

    expect(await effect()).toEqual(undone);
  });
});

describe("a sweep", () => {
  let swept = 0;
  beforeEach(() => {
    swept = 0;
  });
  const counted = {
    name: "counted",
    everySeconds: 600,
    owed: Prisma.sql`SELECT now() - interval '1 hour' AS due_at`,
    settle: async () => {
      swept++;
    },
  };
  const passOf = async (count: number, list = [counted]) => {
    const sweepers = Array.from({ length: count }, () => createSweeper(list));
    valuesOf(await raceOf(count, (n) => sweepers[n]?.pass() ?? Promise.resolve()));
    await Promise.all(sweepers.map((one) => one.settled()));
  };

  test("is done by one of many processes, and again once its time has come", async () => {
    await passOf(6);
    expect(swept).toBe(1);
    await passOf(6);
    expect(swept).toBe(1);
    await sql("UPDATE sweeps SET next_at = now() - interval '1 second'");
    await passOf(6);
    expect(swept).toBe(2);
    // A clock that was moved back leaves a time that would not come for long.
    await sql("UPDATE sweeps SET next_at = now() + interval '5 hours'");
    await passOf(6);
    expect(swept).toBe(3);
  });

  test("notes what is still late, and what it failed with", async () => {
    const failing = {
      ...counted,
      settle: () => Promise.reject(new TypeError("the words of a secret")),
    };
    await passOf(1, [failing]);
    expect(await sql("SELECT name, late, error FROM sweeps")).toEqual([
      { name: "counted", late: 1, error: "TypeError" },
    ]);
    await sql("UPDATE sweeps SET next_at = now()");
    await passOf(1);
    expect(await sql("SELECT late, error FROM sweeps")).toEqual([{ late: 1, error: null }]);
  });

  test("that takes long holds no other up, and is not begun twice", async () => {
    let hung = 0;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = {
      ...counted,
      name: "slow",
      settle: async () => {
        hung++;
        await gate;
      },
    };
    const sweeper = createSweeper([slow, counted]);
    await sweeper.pass();
    await until("the other one is done", () => swept === 1);
    await sql("UPDATE sweeps SET next_at = now() - interval '1 second'");
    // It may still be writing its first result, and is left alone until it has.
    await until("the other one is done again", async () => {
      await sweeper.pass();
      return swept === 2;
    });
    expect(hung).toBe(1);
    open();
    await sweeper.settled();
  });
});
