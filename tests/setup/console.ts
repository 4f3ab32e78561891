import { format } from "node:util";
import { afterAll, afterEach } from "vitest";

// A test fails if console.error is called. A test that expects an error replaces console.error with
// a spy.
const printed: string[] = [];

console.error = (...args: unknown[]) => {
  printed.push(format(...args));
};

function failOnErrors() {
  const errors = printed.splice(0);
  if (errors.length > 0) throw new Error(`console.error was called:\n${errors.join("\n")}`);
}

afterEach(failOnErrors);
afterAll(failOnErrors);
