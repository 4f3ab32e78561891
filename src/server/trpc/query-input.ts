import type { z } from "zod";

type Def = {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  element?: z.core.$ZodType;
  shape?: Record<string, z.core.$ZodType>;
};

/** A schema below what makes it optional, gives it a default or changes its result. */
function definitionOf(schema: z.core.$ZodType): Def {
  const def = schema._zod.def as unknown as Def;
  const inside = def.innerType ?? def.in;
  return inside ? definitionOf(inside) : def;
}

const INTEGER = /^(0|-?[1-9]\d*)$/;

/** Converts the text of a query parameter. A text that cannot be converted is left as it is, so that the schema refuses it. */
function fromText(type: string, text: string): unknown {
  if (type === "number" && INTEGER.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** The input that a query string gives, by the types in the procedure's schema. */
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
