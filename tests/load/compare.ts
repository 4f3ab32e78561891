import {
  appBooking,
  bareBooking,
  bearer,
  bookingsOf,
  httpRequest,
  type ReadCase,
  readCases,
} from "./cases";
import type { Outcome } from "./generator";
import type { startApp, startBare, startGenerator } from "./processes";
import { type Measured, markdown } from "./report";
import type { Population } from "./seed";
import { jobsAreDone, retries, transactionCounts } from "./tries";

type Setting = {
  databaseUrl: string;
  app: Awaited<ReturnType<typeof startApp>>;
  bare: Awaited<ReturnType<typeof startBare>>;
  generator: ReturnType<typeof startGenerator>;
  population: Population;
  connections: number;
  plan: {
    rounds: number;
    seconds: number;
    warmUp: number;
    bookings: number;
    warmUpBookings: number;
    patience: number;
  };
};

/** A round of bookings ends after this time, even on a slow machine. */
const BOOKING_LIMIT_S = 60;

/** Measures all cases. @returns the table, the tries of transactions, and the number of bookings. */
export async function compare(setting: Setting, say: (line: string) => void) {
  const measured: Measured[] = [];
  for (const read of readCases(setting.population)) {
    say(read.name);
    measured.push(await measureRead(setting, read));
  }
  say("Booking distinct slots");
  const before = await transactionCounts(setting.app.url);
  const { booking, booked } = await measureBooking(setting);
  measured.push(booking);
  const tries = retries(before, await transactionCounts(setting.app.url));
  return { table: markdown(measured), tries, booked };
}

async function measureRead(setting: Setting, read: ReadCase): Promise<Measured> {
  const { app, bare, generator, connections, plan } = setting;
  const headers = (token?: string) => (token ? bearer(token) : {});
  const requests = read.requests.map(({ path, token }) =>
    httpRequest("GET", `/api/v1${path}`, headers(token)),
  );
  const sample = read.requests[0];
  if (!sample) throw new Error(`${read.name} has no requests`);
  const answer = await fetch(`${app.url}/api/v1${sample.path}`, { headers: headers(sample.token) });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${read.name}: ${answer.status} ${body}`);
  bare.fix({ "/fixed": body });

  const appRun = (seconds: number) =>
    generator.run({ port: app.port, connections, requests, repeat: true, seconds });
  const bareRun = (seconds: number) =>
    generator.run({
      port: bare.port,
      connections,
      requests: [httpRequest("GET", "/fixed")],
      repeat: true,
      seconds,
    });
  await appRun(plan.warmUp);
  await bareRun(plan.warmUp);
  const result: Measured = { name: read.name, app: [], bare: [] };
  for (let round = 0; round < plan.rounds; round += 1) {
    result.app.push(await appRun(plan.seconds));
    result.bare.push(await bareRun(plan.seconds));
  }
  return result;
}

async function measureBooking(setting: Setting) {
  const { app, bare, generator, population, connections, plan } = setting;
  const take = bookingsOf(population);
  const booked = { answered: 0, lost: 0 };
  const seconds = BOOKING_LIMIT_S;
  const appRun = async (count: number): Promise<Outcome> => {
    const requests = take(count).map(appBooking);
    const job = { port: app.port, connections, requests, repeat: false, seconds };
    const outcome = await generator.run(job);
    booked.answered += outcome.ok;
    booked.lost += outcome.statuses.lost ?? 0;
    return outcome;
  };
  const bareRun = (count: number) => {
    const requests = take(count).map(bareBooking);
    return generator.run({ port: bare.port, connections, requests, repeat: false, seconds });
  };
  await appRun(plan.warmUpBookings);
  await bareRun(plan.warmUpBookings);
  const booking: Measured = { name: "Booking distinct slots", app: [], bare: [] };
  for (let round = 0; round < plan.rounds; round += 1) {
    booking.app.push(await appRun(plan.bookings));
    // The jobs of these bookings must not slow down the bare server.
    await jobsAreDone(setting.databaseUrl, plan.patience);
    booking.bare.push(await bareRun(plan.bookings));
  }
  return { booking, booked };
}
