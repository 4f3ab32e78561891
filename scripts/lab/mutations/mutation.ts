/** A guard, and how the source looks without it. */
export type Mutation = {
  /** What the app does wrong without the guard. */
  defect: string;
  file: string;
  /** The text of the guard. Must occur exactly once in the file. */
  find: string;
  replace: string;
  /** The test files that must fail: names in tests/integration, or paths below tests ("unit/crypto"). */
  tests: string[];
};

/**
 * Mutations of one source file that the same tests must detect.
 * @param tests separated by spaces.
 * @param mutations for each defect, the text to find and its replacement.
 */
export const inFile = (
  file: string,
  tests: string,
  mutations: Record<string, [find: string, replace: string]>,
): Mutation[] =>
  Object.entries(mutations).map(([defect, [find, replace]]) => ({
    defect,
    file,
    find,
    replace,
    tests: tests.split(" "),
  }));

/** The path of a test file that a mutation names. */
export const testFile = (name: string): string =>
  name.includes("/") ? `tests/${name}.test.ts` : `tests/integration/${name}.test.ts`;
