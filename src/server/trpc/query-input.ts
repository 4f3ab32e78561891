import type { z } from "zod";

type Def = {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  element?: z.core.$ZodType;
  shape?: Record<string, z.core.$ZodType>;
};

/** Returns the definition of a schema inside optional, default, and transforming wrappers. */
function definitionOf(schema: z.core.$ZodType): Def {
  const def = schema._zod.def as unknown as Def;
  const inside = def.innerType ?? def.in;
  return inside ? definitionOf(inside) : def;
}

const INTEGER = /^(0|-?[1-9]\d*)$/;

/** Converts the text of a query parameter. Returns an unconvertible text as it is, so that the schema refuses it. */
function fromText(type: string, text: string): unknown {
  if (type === "number" && INTEGER.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** Converts a query string to an input, by the types in the procedure's schema. */
export function fromQuery(
  query: URLSearchParams,
  schema: z.core.$ZodType | undefined,
): Record<string, unknown> {
  const shape = schema ? (definitionOf(schema).shape ?? {}) : {};
  const values = [...new Set(query.keys())].map((name) => {
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const { type, element } = field ? definitionOf(field) : { type: "unknown" };
    const item = element ? definitionOf(element).type : type;
    const items = query.getAll(name).map((text) => fromText(item, text));
    return [name, element || items.length > 1 ? items : items[0]];
  });
  return Object.fromEntries(values);
}
