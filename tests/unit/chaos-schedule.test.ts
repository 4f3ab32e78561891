import { describe, expect, test } from "vitest";
import { makeSchedule } from "../../scripts/lab/chaos/schedule";

const kinds = <Kind>(items: Kind[]) => [...new Set(items)].sort();
const LONG = makeSchedule(1, 30);

describe("the schedule of a chaos run", () => {
  test("depends only on its seed", () => {
    expect(makeSchedule(7, 1)).toEqual(makeSchedule(7, 1));
    expect(makeSchedule(8, 1).hash).not.toBe(makeSchedule(7, 1).hash);
  });

  test("contains every kind of operation and fault in the one minute that npm test runs", () => {
    const { operations, faults } = makeSchedule(1, 1);
    expect(kinds(operations.map(({ operation }) => operation))).toEqual(
      kinds(LONG.operations.map(({ operation }) => operation)),
    );
    expect(kinds(faults.map(({ fault }) => fault))).toEqual(
      kinds(LONG.faults.map(({ fault }) => fault)),
    );
    expect(kinds(LONG.faults.map(({ fault }) => fault))).toHaveLength(8);
  });
});
