import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDate } from "@/app/_components/format";
import { readDate, typedDate } from "@/app/_components/typed-date";

describe("a typed date", () => {
  test.each([
    ["31/12/1984", "1984-12-31"],
    ["09/03/1984", "1984-03-09"],
    ["9/3/1984", "1984-03-09"],
    ["9-3-1984", "1984-03-09"],
    ["09.03.1984", "1984-03-09"],
    [" 09 / 03 / 1984 ", "1984-03-09"],
    ["09 03 1984", "1984-03-09"],
    ["०९/०३/१९८४", "1984-03-09"],
    ["1984-03-09", "1984-03-09"],
    ["9 March 1984", "1984-03-09"],
    ["9th mar, 1984", "1984-03-09"],
    ["09-Mar-1984", "1984-03-09"],
    ["9SEPT1984", null],
    ["9 Sept 1984", "1984-09-09"],
    ["March 9, 1984", "1984-03-09"],
    ["29 February 2000", "2000-02-29"],
  ])("%s is read as %s", (typed, day) => {
    expect(readDate(typed)).toEqual(day ? { day } : { problem: expect.any(String) });
  });

  test.each([
    ["31/02/1984", "There is no such day. The day comes first, then the month"],
    ["29/02/1900", "There is no such day. The day comes first, then the month"],
    ["12/31/1984", "There is no such day. The day comes first, then the month"],
    ["00/01/1984", "There is no such day. The day comes first, then the month"],
    ["9 Ma 1984", "There is no such day. The day comes first, then the month"],
    ["9/3/84", "Please write the year with four digits"],
    ["9/3/19845", "Please write the year with four digits"],
    ["9/3", "Please write day, month and year, like 9 March 1984 or 09/03/1984"],
    ["1984", "Please write day, month and year, like 9 March 1984 or 09/03/1984"],
    ["tomorrow", "Please write day, month and year, like 9 March 1984 or 09/03/1984"],
    ["1984/03/09", "Please write day, month and year, like 9 March 1984 or 09/03/1984"],
  ])("%s is refused: %s", (typed, problem) => {
    expect(readDate(typed)).toEqual({ problem });
  });

  test("is read from the format that pages show, from day/month/year and from the ISO format", () => {
    const days = fc.date({
      min: new Date("1900-01-01"),
      max: new Date("2199-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(days, (date) => {
        const day = date.toISOString().slice(0, 10);
        const [year, month, dayOfMonth] = day.split("-");
        expect(readDate(formatDate(day))).toEqual({ day });
        expect(readDate(`${dayOfMonth}/${month}/${year}`)).toEqual({ day });
        expect(readDate(day)).toEqual({ day });
      }),
    );
  });

  test("out of bounds is refused with the bound's message, and an empty one only if a date is required", () => {
    const bounds = {
      from: { day: "1900-01-01", message: "too early" },
      to: { day: "2026-11-30", message: "too late" },
    };
    const messages = (typed: string, missing?: string) =>
      typedDate({ ...bounds, missing })
        .safeParse(typed)
        .error?.issues.map(({ message }) => message);
    expect(messages("31/12/1899")).toEqual(["too early"]);
    expect(messages("01/01/1900")).toBeUndefined();
    expect(messages("30/11/2026")).toBeUndefined();
    expect(messages("31/12/2090")).toEqual(["too late"]);
    expect(messages(" ")).toBeUndefined();
    expect(messages(" ", "needed")).toEqual(["needed"]);
  });
});
