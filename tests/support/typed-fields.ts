import type { z } from "zod";

/** A number or boolean field of an input. `inputWith` builds an input with a value in the field. */
export type TypedField = {
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

/** The literal fields of an object, which identify its variant. */
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

/** All number and boolean fields of a schema, at any depth. */
export function typedFields(schema: z.core.$ZodType, isNullable = false): TypedField[] {
  const def = defOf(schema);
  const inside = def.innerType ?? def.in;
  if (inside) return typedFields(inside, isNullable || def.type === "nullable");
  if (def.type === "number" || def.type === "boolean") {
    return [{ path: [], type: def.type, isNullable, inputWith: (value) => value }];
  }
  if (def.element) {
    return typedFields(def.element).map((inner) => ({
      ...inner,
      path: [0, ...inner.path],
      inputWith: (value) => [inner.inputWith(value)],
    }));
  }
  const shape = def.shape;
  if (!shape) return (def.options ?? []).flatMap((option) => typedFields(option));
  return Object.entries(shape).flatMap(([name, field]) =>
    typedFields(field).map((inner) => ({
      ...inner,
      path: [name, ...inner.path],
      inputWith: (value) => ({ ...literalsOf(shape), [name]: inner.inputWith(value) }),
    })),
  );
}
