import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { env } from "@/env";
import { db } from "@/server/platform/db";
import { newDataKey, rewrapDataKeys } from "@/server/platform/phi";
import { waitingForLocks, withConnection } from "../support/database";
import { makePatients, type Person } from "../support/factories";
import { until } from "../support/jobs";
import { raceOf, valuesOf } from "../support/race";

const wrappedOf = async ({ id }: Person) =>
  (await db.dataKey.findUniqueOrThrow({ where: { userId: id } })).wrapped;

/** Adds a new current key to this process, as if it had started with that key. */
function addKey(version: number): void {
  const keys = new Map(env.ENCRYPTION_KEYS.keys).set(version, randomBytes(32));
  Object.assign(env.ENCRYPTION_KEYS, { current: version, keys });
}

// Each data key is rewrapped by a conditional update. Without the condition, a slow run would write back
// an old value that it read earlier.
test("rotations that run at once wrap each data key once in total", async () => {
  const people = await makePatients(20);
  addKey(2);
  const runs = valuesOf(await raceOf(4, () => rewrapDataKeys()));
  expect(runs).toHaveLength(4);
  expect(runs.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(people.length);
});

test("a rotation does not overwrite a data key that was replaced in the meantime", async () => {
  const [person] = await makePatients(1);
  if (!person) throw new Error("nobody was made");
  addKey(3);
  const { wrapped, kekVersion } = newDataKey(person.id);
  await withConnection(async (client) => {
    await client.query("BEGIN");
    await client.query("UPDATE data_keys SET wrapped = $2, kek_version = $3 WHERE user_id = $1", [
      person.id,
      wrapped,
      kekVersion,
    ]);
    const rotating = rewrapDataKeys();
    await until("the rotation waits for the row", async () => (await waitingForLocks()) > 0);
    await client.query("COMMIT");
    await rotating;
  });
  expect(await wrappedOf(person)).toEqual(wrapped);
});
