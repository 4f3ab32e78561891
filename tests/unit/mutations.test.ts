import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MUTATIONS } from "../../scripts/lab/mutations/list";
import { testFile } from "../../scripts/lab/mutations/mutation";

describe("each mutation", () => {
  test("finds its guard exactly once in the source", () => {
    const misfits = MUTATIONS.filter(
      ({ file, find }) => !existsSync(file) || readFileSync(file, "utf8").split(find).length !== 2,
    );
    expect(misfits).toEqual([]);
  });

  test("changes the source", () => {
    expect(MUTATIONS.filter(({ find, replace }) => find === replace)).toEqual([]);
  });

  test("names test files that exist", () => {
    const files = MUTATIONS.flatMap(({ tests }) => tests.map(testFile));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  test("has its own description", () => {
    const defects = MUTATIONS.map(({ defect }) => defect);
    expect(defects.filter((defect, n) => defects.indexOf(defect) !== n)).toEqual([]);
  });
});
