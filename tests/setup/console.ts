import { format } from "node:util";
import { afterAll, afterEach } from "vitest";

// An error that somebody prints and nobody looks at is a failure. A test that expects one puts
// its own spy in place of console.error.
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
