import type { AuditEntry } from "./schema";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isId = (value: unknown): value is string => typeof value === "string" && UUID.test(value);

/**
 * The entry of a reading: whom and what was asked for by id, which other conditions there were, and the
 * ids that were shown. The words of a search stay out, since they may be a person's name.
 */
export function readingOf(procedure: string, input: unknown, output: unknown): AuditEntry {
  const given = Object.entries((input ?? {}) as Record<string, unknown>).filter(
    ([name, value]) => value !== undefined && name !== "limit" && name !== "cursor",
  );
  const ids = given.filter((pair): pair is [string, string] => isId(pair[1]));
  const by = given.flatMap(([name, value]) => (isId(value) ? [] : name));
  const items = (output as { items?: unknown } | null)?.items;
  const shown = (Array.isArray(items) ? items : []).flatMap(({ id }: { id?: unknown }) =>
    isId(id) ? id : [],
  );
  return {
    action: "admin.read",
    entityType: "procedure",
    entityId: procedure,
    detail: {
      ...(ids.length > 0 && { ids: Object.fromEntries(ids) }),
      ...(by.length > 0 && { by }),
      ...(shown.length > 0 && { shown }),
    },
  };
}
