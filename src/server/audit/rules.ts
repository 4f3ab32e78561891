import type { AuditEntry } from "./schema";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isId = (value: unknown): value is string => typeof value === "string" && UUID.test(value);

/**
 * Builds the audit entry of a read by an admin: the ids in the input, the names of the other conditions,
 * and the ids in the output. The values of other conditions are left out: a search text can be a
 * person's name.
 */
export function adminReadEntry(procedure: string, input: unknown, output: unknown): AuditEntry {
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
