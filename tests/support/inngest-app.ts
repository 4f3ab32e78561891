import { afterAll } from "vitest";
import { freePort } from "../../scripts/launcher/postgres";
import { startApp } from "./app-process";
import { callerAs } from "./caller";
import { sql } from "./database";
import { inHours, makeDoctor, makePatient, makeSlot, type Person } from "./factories";
import { deliver, gatewayEvent } from "./gateway";
import { InngestServer } from "./inngest-server";
import type { Keys } from "./inngest-wire";
import { moveClock, until } from "./jobs";

type Booking = {
  id: string;
  payment: { id: string; amount: { amount: number; currency: string } };
};

/** The environment with which the app uses the server. */
const settings = ({ url }: InngestServer, keys: Keys | null): Record<string, string> =>
  keys
    ? {
        INNGEST_EVENT_KEY: keys.event,
        INNGEST_SIGNING_KEY: keys.signing,
        INNGEST_BASE_URL: url,
      }
    : { INNGEST_DEV: url };

/** Starts a fake Inngest server. The result starts the app as a process whose functions it runs. */
export async function serveApp(keys: Keys | null = null) {
  let inngest = await InngestServer.start(keys);
  afterAll(() => inngest.stop());
  const port = String(await freePort());
  let moved = 0;

  const start = (changed: Partial<Keys> = {}) =>
    startApp({
      WITH_JOBS: "1",
      PORT: port,
      ...settings(inngest, keys && { ...keys, ...changed }),
    });

  /** Moves the database's clock and waits until the app has new connections. */
  async function moveDatabase(): Promise<void> {
    await moveClock(`${moved} milliseconds`);
    const isBack = async () => {
      const asked = Array.from({ length: 10 }, () => world.api.get("/doctors"));
      return (await Promise.all(asked)).every(({ status }) => status === 200);
    };
    if (world.app) await until("the app has new connections", isBack);
  }

  const world = {
    get inngest() {
      return inngest;
    },

    url: `http://127.0.0.1:${port}`,
    app: undefined as Awaited<ReturnType<typeof start>> | undefined,

    get api() {
      if (!world.app) throw new Error("the app does not run");
      return world.app.api;
    },

    /** Starts the app. @param changed keys that differ from those of the server. */
    async up(changed: Partial<Keys> = {}) {
      world.app = await start(changed);
      return world.app;
    },

    /** Starts the app with the embedded engine. */
    async upEmbedded() {
      world.app = await startApp({ WITH_JOBS: "1", PORT: port });
      return world.app;
    },

    async down() {
      await world.app?.stop();
      world.app = undefined;
    },

    /** Kills the app. */
    async kill() {
      await world.app?.kill();
      world.app = undefined;
    },

    /** Restarts the server on the same port without its memory. */
    async loseServer() {
      const { port } = inngest;
      await inngest.stop();
      inngest = await InngestServer.start(keys, port);
      inngest.setClock(moved);
    },

    /** Waits until the outbox is empty and the server has no work that is due. */
    async calm() {
      const isCalm = async () => {
        const heard = inngest.events.size;
        if (!inngest.isIdle() || (await left()) > 0) return false;
        return inngest.isIdle() && inngest.events.size === heard;
      };
      await until("the server has nothing to do", isCalm);
    },

    /** Moves the clocks of the database and the server, and waits until all due work is done. */
    async letPass(ms: number) {
      if (world.app) await world.calm();
      moved += ms;
      await moveDatabase();
      inngest.setClock(moved);
      await world.calm();
    },

    /** The time of the moved clocks. */
    now: () => Date.now() + moved,

    /** Sets the clocks back to real time. */
    async resetClock() {
      if (moved === 0) return;
      moved = 0;
      inngest.setClock(0);
      await moveDatabase();
    },

    /** Makes a hold over REST. */
    async hold(hours = 30) {
      const doctor = await makeDoctor();
      const patient = await makePatient();
      const slot = await makeSlot(doctor, inHours(hours));
      const booking = await ok<Booking>(world.api.post("/bookings", { slotId: slot.id }, patient));
      return { doctor, patient, slot, booking };
    },

    /** Delivers the payment event of a booking. */
    pay: ({ payment }: Booking) =>
      ok(deliver(gatewayEvent("payment.succeeded", payment), world.api)),

    cancel: ({ id }: Booking, patient: Person) =>
      ok(world.api.post(`/bookings/${id}/cancel`, {}, patient)),
  };
  return world;
}

async function ok<T>(call: Promise<{ status: number; body: unknown; text: string }>): Promise<T> {
  const { status, body, text } = await call;
  if (status !== 200) throw new Error(`${status} ${text}`);
  return body as T;
}

/** Counts outbox rows and due work of the embedded engine. */
const left = async () => {
  const waiting = await sql(
    `SELECT FROM outbox
     UNION ALL SELECT FROM job_events WHERE delivered_at IS NULL
     UNION ALL SELECT FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at <= app_now()`,
  );
  return waiting.length;
};

/** The subjects of the mails to a person, up to the colon, in alphabetical order. */
export async function subjectsTo({ email }: Person): Promise<string[]> {
  const messages = await callerAs(null).mailbox.latest();
  const subjects = messages.filter(({ to }) => to === email).map(({ subject }) => subject);
  return subjects.map((subject) => subject.split(":")[0] ?? "").sort();
}

/** Runs and events of the embedded engine. There are none if a server runs the functions. */
export const embeddedRows = () =>
  sql("SELECT id::text FROM job_runs UNION ALL SELECT id FROM job_events");
