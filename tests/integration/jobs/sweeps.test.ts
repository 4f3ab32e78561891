import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Prisma } from "@/generated/prisma/client";
import { createSweeper } from "@/server/platform/sweep";
import { sweeps } from "@/server/sweeps";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { dropEvents, forgetJobs, type Scenario } from "../../support/job-cases";
import { until } from "../../support/jobs";
import { raceOf, valuesOf } from "../../support/race";
import { prepareEndedHold, prepareMissed } from "./cases/bookings";
import { prepareUnsent } from "./cases/notifications";
import { prepareLostRefund, prepareLostWebhook } from "./cases/payments";

const cases: Array<[name: string, prepare: () => Promise<Scenario>]> = [
  ["messages", prepareUnsent],
  ["holds", prepareEndedHold],
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
  const sweep = sweeps.find((candidate) => candidate.name === name);
  if (!sweep) throw new Error(`no sweep ${name}`);
  return sweep.settle;
};

describe("sweeps that run at once do owed work once, without any job", () => {
  test.each(cases)("%s", async (name, prepare) => {
    const { effect, once } = await prepare();
    await dropEvents();
    expect(await effect()).not.toEqual(once);

    valuesOf(await raceOf(5, settleOf(name)));
    await settleOf(name)();

    expect(await effect()).toEqual(once);
  });
});

describe("a sweep ignores work that is no longer owed", () => {
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
    await Promise.all(sweepers.map((sweeper) => sweeper.settled()));
  };

  test("is run by one of many processes, and again when it is due", async () => {
    await passOf(6);
    expect(swept).toBe(1);
    await passOf(6);
    expect(swept).toBe(1);
    await sql("UPDATE sweeps SET next_at = now() - interval '1 second'");
    await passOf(6);
    expect(swept).toBe(2);
    // After the clock was moved back, the next time may lie far in the future: the sweep runs all the same.
    await sql("UPDATE sweeps SET next_at = now() + interval '5 hours'");
    await passOf(6);
    expect(swept).toBe(3);
  });

  test("records what is still late, and the type of the error that it failed with", async () => {
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

  test("that takes long does not delay others, and is not started twice", async () => {
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
    await until("the other sweep has run", () => swept === 1);
    await sql("UPDATE sweeps SET next_at = now() - interval '1 second'");
    // The sweeper starts the other sweep again only once its first result is written.
    await until("the other sweep has run again", async () => {
      await sweeper.pass();
      return swept === 2;
    });
    expect(hung).toBe(1);
    open();
    await sweeper.settled();
  });
});
