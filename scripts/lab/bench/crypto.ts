import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { median } from "../../../tests/load/report";
import { runIfMain } from "../../launcher/command";
import { migrate } from "../../launcher/migrate";
import { startTemporaryPostgres } from "../../launcher/postgres";
import { makeSecrets } from "../../launcher/secrets";

// npm run bench:crypto [-- --rounds 20 --bookings 50]: measures the time of encryption, and how much
// longer a hold takes with its audit entry. Rounds with and without the entry alternate.

const ROUND_TRIPS = 20_000;
/** The first holds of a round are not measured: PostgreSQL plans their statements again. */
const WARM_UP = 5;

/** The median time in ms to seal and open 1 KB. */
async function roundTripMs(): Promise<number> {
  const { open, seal } = await import("@/server/platform/crypto");
  const [key, plain] = [randomBytes(32), randomBytes(1024)];
  const place = { table: "consultations", column: "notes", rowId: "row", ownerId: "person" };
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    for (let n = 0; n < ROUND_TRIPS; n++) open(key, seal(key, plain, place), place);
    rounds.push((performance.now() - from) / ROUND_TRIPS);
  }
  return median(rounds);
}

/** Changes the definition of a function so that it does nothing. */
const withoutBody = (definition: string): string =>
  definition.replace(/\$function\$[\s\S]*\$function\$/, "$$$$BEGIN RETURN; END$$$$");

/** The median time in ms of a hold, in rounds with and rounds without its audit entry. */
async function bookingMs(url: string, rounds: number, bookings: number) {
  const { seedLoad } = await import("../../../tests/load/seed");
  const { bookingsOf } = await import("../../../tests/load/cases");
  const { createCallerFromHeaders } = await import("@/server/trpc/caller");
  const { closeDb } = await import("@/server/platform/db");
  const take = bookingsOf(await seedLoad(url, (2 * rounds + 1) * bookings));
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const { rows } = await owner.query<{ real: string }>(
    "SELECT pg_get_functiondef('audit_append'::regproc) AS real",
  );
  const real = rows[0]?.real ?? "";
  /** Runs a round. @returns the times of its holds. */
  const round = async () => {
    const took: number[] = [];
    for (const { token, slotId } of take(bookings)) {
      const headers = new Headers({ authorization: `Bearer ${token}`, "idempotency-key": slotId });
      const from = performance.now();
      await createCallerFromHeaders(headers).caller.bookings.hold({ slotId });
      took.push(performance.now() - from);
    }
    return took.slice(WARM_UP);
  };
  await round();
  const took = { with: [] as number[], without: [] as number[] };
  for (let n = 0; n < rounds; n++) {
    await owner.query(withoutBody(real));
    took.without.push(...(await round()));
    await owner.query(real);
    took.with.push(...(await round()));
  }
  await owner.end();
  await closeDb();
  return { with: median(took.with), without: median(took.without) };
}

await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "20" },
      bookings: { type: "string", default: "50" },
    },
  });
  const postgres = await startTemporaryPostgres({ isDurable: true });
  try {
    const url = postgres.url("postgres");
    Object.assign(process.env, makeSecrets(), {
      DATABASE_URL: url,
      AMRUTAM_MODE: "demo",
      RATE_LIMITS: "off",
      LOG_LEVEL: "silent",
    });
    console.log(`Sealing and opening 1 KB takes ${(await roundTripMs()).toFixed(4)} ms`);
    await migrate(url);
    const ms = await bookingMs(url, Number(values.rounds), Number(values.bookings));
    const share = (100 * (ms.with - ms.without)) / ms.without;
    console.log(
      `A hold takes ${ms.without.toFixed(2)} ms without its audit entry and ${ms.with.toFixed(2)} ms with it: ${share.toFixed(1)} % more`,
    );
  } finally {
    await postgres.stop();
  }
});
