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

describe("reading a query string", () => {
  test("converts true and false to a boolean, and leaves other text for the schema to refuse", () => {
    expect(read("flag=false&on=true")).toEqual({ flag: false, on: true });
    for (const text of ["0", "1", "", "False", "yes", "null"]) {
      expect(read(`flag=${text}`)).toEqual({ flag: text });
      expect(schema.safeParse(read(`flag=${text}`)).error?.issues[0]?.path).toEqual(["flag"]);
    }
  });

  test("converts a decimal integer to a number, and leaves other text as text", () => {
    expect(read("count=0")).toEqual({ count: 0 });
    expect(read("count=-12")).toEqual({ count: -12 });
    for (const text of ["1e1", "0x10", "01", "-0", "1.5", "Infinity", "NaN", ""]) {
      expect(read(`count=${text}`)).toEqual({ count: text });
    }
  });

  test("makes a list of one or several values, each converted to the type of the items", () => {
    expect(read("numbers=1&flags=false&numbers=2")).toEqual({ numbers: [1, 2], flags: [false] });
  });

  test("does not convert a text field, even if its value looks like a number", () => {
    expect(read("word=5&day=2026-01-01")).toEqual({ word: "5", day: "2026-01-01" });
  });

  test("makes a list of a value that is given twice, which the schema of a single field refuses", () => {
    expect(read("count=1&count=2")).toEqual({ count: [1, 2] });
  });

  test("treats names such as __proto__ as ordinary names", () => {
    const input = read("__proto__=1&constructor=2");
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(Object.entries(input)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });

  test("finds the fields of a schema that has a transformation", () => {
    expect(fromQuery(new URLSearchParams("flag=false"), schema.transform(String))).toEqual({
      flag: false,
    });
  });
});
