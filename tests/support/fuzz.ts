import fc from "fast-check";
import { appRouter } from "@/server/trpc/root";

// Inputs of attackers and broken clients.

/** A placeholder for a number that JSON allows and JavaScript cannot represent. */
const BEYOND = "@@1e999@@";

/** Encodes an input as JSON and fills in the placeholder. */
export const toWire = (input: unknown): string =>
  (JSON.stringify(input) ?? "").replaceAll(`"${BEYOND}"`, "1e999");

const cursorOf = (key: unknown) => Buffer.from(toWire(key)).toString("base64url");
const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 0);

const awkward = fc.constantFrom<unknown>(
  ...[null, true, 0, -1, 0.5, 1, 2, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21, 1e308],
  ...[BEYOND, "", " ", "\0", "a\0b", "\ud800", "a\udfffb", "\u202e\ufeff", "NaN", "1e400"],
  ...["'; DROP TABLE users; --", "' OR '1'='1", "$1", "%", "_", "\\", "a & b | !c", "(", ":*"],
  ...["<script>alert(1)</script>", "../../../etc/passwd", "{{7*7}}", "%00", "%E0%A4"],
  ...["__proto__", "constructor", "toString", "[object Object]", "x".repeat(20_000)],
  ...["0000-01-01", "2026-02-30", "9999-12-31", "2199-12-31", "1900-01-01", "-000001-01-01"],
  ...["2026-01-01T00:00:00Z", "2026-06-30T23:59:60Z", "2199-12-31T23:59:59.999999999+14:00"],
  ...["1900-01-01T00:00:00.001Z", "+275760-09-13T00:00:00Z", "24:00", "Asia/Kolkata", "Etc/GMT+12"],
  ...["UTC", "+05:30", "GMT+0", "INR", "admin", "PENDING", "COMPLETED", "fee", "name", "other"],
  ...[[], {}, [[]], [null], JSON.parse('{"__proto__": {"role": "admin"}}')],
);

const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "id", "limit"));
const plain: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: awkward },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
  fc.double(),
  fc.maxSafeInteger(),
  fc.uuid(),
  fc
    .date({ min: new Date("1890-01-01"), max: new Date("2210-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
);
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: plain },
  fc.array(plain, { maxLength: 4 }),
  fc.dictionary(key, plain, { maxKeys: 4 }),
  fc.array(plain, { maxLength: 3 }).map(cursorOf),
  fc.integer({ min: 50, max: 3000 }).map(nested),
);

type Place = Array<string | number>;

/** The paths of all values inside a value. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [name],
    ...placesOf(inner).map((rest) => [name, ...rest]),
  ]);
}

/** Whether the parent of a path exists. An earlier change may have removed it. */
const hasParent = (whole: unknown, place: Place): boolean =>
  typeof place.slice(0, -1).reduce((at, name) => Object(at)[name], whole) === "object" &&
  place.slice(0, -1).reduce((at, name) => Object(at)[name], whole) !== null;

function withValue(whole: unknown, [name, ...rest]: Place, value: unknown): unknown {
  if (name === undefined) return value;
  const copy = Array.isArray(whole) ? [...whole] : { ...(whole as object) };
  const inner = withValue(Reflect.get(copy, name), rest, value);
  Object.defineProperty(copy, name, {
    value: inner,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

type Inputs = { _def: { inputs?: Array<{ shape?: object }> } };

/** All fields of a procedure's input, including optional ones that the valid input lacks. */
function fieldsOf(path: string): Place[] {
  const procedure = Reflect.get(appRouter._def.procedures, path) as Inputs | undefined;
  return Object.keys(procedure?._def.inputs?.[0]?.shape ?? {}).map((name) => [name]);
}

const change = (input: unknown, [place, value]: [Place, unknown]): unknown =>
  hasParent(input, place) ? withValue(input, place, value) : input;

/** Values that databases and calendars often fail on. Each run tries them in every field. */
const SUSPECTS: unknown[] = ["a\0b", "a\ud800b", 2 ** 53, "0000-01-01"];

/** Inputs of a procedure: a valid input with up to three changed values, or any value. */
export function inputsOf(path: string, valid: Record<string, unknown>) {
  const places: Place[] = [...placesOf(valid), ...fieldsOf(path)];
  const odd: Place[] = [["__proto__"], ["more"]];
  const replacement = fc.tuple(fc.constantFrom(...places, ...odd), hostile);
  const changed = fc
    .array(replacement, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce<unknown>(change, valid));
  const suspects = places.flatMap((place) =>
    SUSPECTS.map((value): [unknown] => [change(valid, [place, value])]),
  );
  return { inputs: fc.oneof({ weight: 5, arbitrary: changed }, hostile), suspects };
}

/** Request bodies that are not valid JSON, or unusual JSON. */
export const bodies = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  hostile.map(toWire),
  fc.integer({ min: 1, max: 50_000 }).map((depth) => "[".repeat(depth)),
  fc.constantFrom('{"a":1,"a":2}', '{"__proto__":{"a":1}}', "\ufeff{}", "{}{}", "undefined", "//"),
);
