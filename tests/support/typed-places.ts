import type { z } from "zod";

/** Where an input holds a number or a boolean, and an input that has a value at that place. */
export type TypedPlace = {
  path: Array<string | number>;
  type: "number" | "boolean";
  isNullable: boolean;
  inputWith: (value: unknown) => unknown;
};

type Def = {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  element?: z.core.$ZodType;
  options?: z.core.$ZodType[];
  shape?: Record<string, z.core.$ZodType>;
  values?: unknown[];
};
const defOf = (schema: z.core.$ZodType) => schema._zod.def as unknown as Def;

/** The literals of an object, which say what kind of object it is. */
function literalsOf(shape: Record<string, z.core.$ZodType>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, field]) => {
      const inner = unwrapped(field);
      return inner.type === "literal" ? [[name, inner.values?.[0]]] : [];
    }),
  );
}

const unwrapped = (schema: z.core.$ZodType): Def => {
  const def = defOf(schema);
  const inside = def.innerType ?? def.in;
  return inside ? unwrapped(inside) : def;
};

/** Every number and boolean of a schema, however deep. */
export function typedPlaces(schema: z.core.$ZodType, isNullable = false): TypedPlace[] {
  const def = defOf(schema);
  const inside = def.innerType ?? def.in;
  if (inside) return typedPlaces(inside, isNullable || def.type === "nullable");
  if (def.type === "number" || def.type === "boolean") {
    return [{ path: [], type: def.type, isNullable, inputWith: (value) => value }];
  }
  if (def.element) {
    return typedPlaces(def.element).map((place) => ({
      ...place,
      path: [0, ...place.path],
      inputWith: (value) => [place.inputWith(value)],
    }));
  }
  const shape = def.shape;
  if (!shape) return (def.options ?? []).flatMap((option) => typedPlaces(option));
  return Object.entries(shape).flatMap(([name, field]) =>
    typedPlaces(field).map((place) => ({
      ...place,
      path: [name, ...place.path],
      inputWith: (value) => ({ ...literalsOf(shape), [name]: place.inputWith(value) }),
    })),
  );
}
