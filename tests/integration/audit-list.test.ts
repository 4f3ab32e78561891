import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { listAuditInput } from "@/server/audit/schema";
import { encodeCursor, listOf } from "@/server/platform/page";
import { appendEntry } from "../support/audit";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { makeAdmin } from "../support/factories";

test("the audit log lists each entry once, newest first, even if entries have the same time", async () => {
  const admin = callerAs(await makeAdmin());
  const entityId = randomUUID();
  // Three entries with the same time, then some that are less than a millisecond apart.
  const offsets = [0, 0, 0, 0.1, 0.2, 0.35, 0.4, 1.5, 1.6];
  const append = offsets.map(
    (ms, n) => `SELECT set_config('amrutam.clock_offset', '${ms} milliseconds', true);
      ${appendEntry(entityId, `test.${n}`)};`,
  );
  await sql(`BEGIN; ${append.join("")} COMMIT`);

  const seen: Array<{ id: string; at: string; requestId: string | null }> = [];
  let cursor: string | undefined;
  do {
    const page = await admin.audit.list({ entityId, limit: 2, cursor });
    seen.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);

  const written = seen.map(({ requestId }) => requestId);
  expect([...written].sort()).toEqual(offsets.map((_ms, n) => `test.${n}`));
  expect(written.slice(0, 6)).toEqual([8, 7, 6, 5, 4, 3].map((n) => `test.${n}`));
});

test("a cursor that names no entry returns an empty page", async () => {
  const admin = callerAs(await makeAdmin());
  const list = listOf("audit", listAuditInput.parse({}));
  const cursor = encodeCursor(list, [new Date().toISOString(), randomUUID()]);
  const page = await admin.audit.list({ cursor });
  expect(page).toEqual({ items: [], nextCursor: null });
});
