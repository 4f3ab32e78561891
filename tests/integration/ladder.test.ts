import { TRPCError } from "@trpc/server";
import { beforeAll, expect, test } from "vitest";
import { startApiSession } from "@/server/accounts/session";
import { AppError } from "@/server/platform/errors";
import { appRouter } from "@/server/trpc/root";
import { callerAs } from "../support/caller";
import { makeAdmin, makeDoctor, makePatient, type Person } from "../support/factories";

/** Who may call what. A new procedure stands in exactly one of these lists, or the test fails. */
const MAY_CALL = {
  anyone: [
    "auth.register auth.verify auth.login auth.refresh auth.requestReset auth.reset",
    "doctors.list doctors.get doctors.facets availability.slots",
    "sandbox.checkout sandbox.decide mailbox.latest",
  ],
  signedIn: [
    "auth.logout me.get me.update me.changePassword me.giveConsent me.withdrawConsent",
    "me.sessions me.endSession me.endOtherSessions me.activity me.stay",
    "me.enrolTotp me.confirmTotp me.disableTotp doctors.application doctors.sendApplication",
    "bookings.list bookings.get bookings.cancel bookings.cancellation consultations.get",
  ],
  patient: ["bookings.hold bookings.extendHold bookings.reschedule payments.list payments.receipt"],
  doctor: [
    "availability.get availability.set availability.preview availability.ownSlots",
    "availability.createSlot availability.withdrawSlot bookings.ofDoctor",
    "consultations.start consultations.complete consultations.noShow",
  ],
  admin: [
    "people.list people.suspend people.reactivate people.changeRole",
    "doctors.applications doctors.approve doctors.reject",
    "analytics.summary analytics.utilization audit.list audit.verify",
    "jobs.list jobs.get jobs.retry",
  ],
};

type Audience = keyof typeof MAY_CALL;
const CALLERS = ["nobody", "patient", "doctor", "admin"] as const;
type Caller = (typeof CALLERS)[number];

const procedures = Object.keys(appRouter._def.procedures);
const listed = Object.entries(MAY_CALL).flatMap(([audience, lines]) =>
  lines
    .flatMap((line) => line.split(" "))
    .map((path) => ({ path, audience: audience as Audience })),
);

function expectedOf(audience: Audience, caller: Caller): string {
  if (audience === "anyone") return "let in";
  if (caller === "nobody") return "NOT_SIGNED_IN";
  return audience === "signedIn" || audience === caller ? "let in" : "ROLE_REQUIRED";
}

const people: Partial<Record<Caller, Person>> = {};
beforeAll(async () => {
  people.patient = await makePatient();
  people.doctor = await makeDoctor();
  people.admin = await makeAdmin();
});

/** Calls with an empty input: whoever is let in is asked for a better one, or answered. */
async function outcomeOf(path: string, who: Caller): Promise<string> {
  const person = people[who];
  // A session of its own, since some procedures end the one that calls.
  const session =
    person &&
    (await startApiSession({ ...person, mfa: false }, { userAgent: null, requestId: null }));
  const caller: unknown = callerAs(session ? { token: session.accessToken } : null);
  const call = path.split(".").reduce((at, name) => Reflect.get(at as object, name), caller);
  try {
    await (call as (input: object) => Promise<unknown>)({});
    return "let in";
  } catch (error) {
    const refusal = error instanceof TRPCError ? error.cause : null;
    const reason = refusal instanceof AppError ? refusal.reason : null;
    return reason === "NOT_SIGNED_IN" || reason === "ROLE_REQUIRED" ? reason : "let in";
  }
}

test("every procedure stands in the table once", () => {
  expect(listed.map(({ path }) => path).sort()).toEqual([...procedures].sort());
});

test.each(listed)("$path is for $audience", async ({ path, audience }) => {
  const outcomes: Partial<Record<Caller, string>> = {};
  const expected: Partial<Record<Caller, string>> = {};
  for (const caller of CALLERS) {
    outcomes[caller] = await outcomeOf(path, caller);
    expected[caller] = expectedOf(audience, caller);
  }
  expect(outcomes).toEqual(expected);
});
