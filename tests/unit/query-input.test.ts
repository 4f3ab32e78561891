import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fromQuery } from "@/server/trpc/query-input";

const schema = z
  .object({
    flag: z.boolean().optional(),
    on: z.boolean().default(true),
    count: z.int().nullable(),
    numbers: z.array(z.int()).optional(),
    flags: z.array(z.boolean()),
    word: z.string(),
    day: z.iso.date().transform((text) => new Date(text)),
  })
  .refine(() => true);

const read = (query: string) => fromQuery(new URLSearchParams(query), schema);

describe("the input that a query string gives", () => {
  test("a boolean is true or false, and any other text stays text for the schema to refuse", () => {
    expect(read("flag=false&on=true")).toEqual({ flag: false, on: true });
    for (const text of ["0", "1", "", "False", "yes", "null"]) {
      expect(read(`flag=${text}`)).toEqual({ flag: text });
      expect(schema.safeParse(read(`flag=${text}`)).error?.issues[0]?.path).toEqual(["flag"]);
    }
  });

  test("a number is a decimal integer, and any other text stays text", () => {
    expect(read("count=0")).toEqual({ count: 0 });
    expect(read("count=-12")).toEqual({ count: -12 });
    for (const text of ["1e1", "0x10", "01", "-0", "1.5", "Infinity", "NaN", ""]) {
      expect(read(`count=${text}`)).toEqual({ count: text });
    }
  });

  test("a list takes one value or several, each by the type of its items", () => {
    expect(read("numbers=1&flags=false&numbers=2")).toEqual({ numbers: [1, 2], flags: [false] });
  });

  test("text is never converted, not even where it looks like a number", () => {
    expect(read("word=5&day=2026-01-01")).toEqual({ word: "5", day: "2026-01-01" });
  });

  test("a value given twice is a list, which no single field takes", () => {
    expect(read("count=1&count=2")).toEqual({ count: [1, 2] });
  });

  test("names of the language's own objects are only names", () => {
    const input = read("__proto__=1&constructor=2");
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(Object.entries(input)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });

  test("a changed schema is read through its transformation", () => {
    expect(fromQuery(new URLSearchParams("flag=false"), schema.transform(String))).toEqual({
      flag: false,
    });
  });
});
