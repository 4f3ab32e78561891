import { afterEach, describe, expect, test } from "vitest";
import { numberReceipts } from "@/server/payments/commands/receipts";
import { makeConfirmed, makeHold } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { race, raceOf } from "../support/race";

afterEach(expectInvariants);

/** All receipt numbers, in ascending order. */
const numbers = async () =>
  (
    await sql<{ number: number }>(
      "SELECT number FROM receipts WHERE number IS NOT NULL ORDER BY number",
    )
  ).map(({ number }) => number);

const series = (length: number) => Array.from({ length }, (_, n) => n + 1);

describe("the number of a receipt", () => {
  test("exists when the patient opens the receipt, and never changes", async () => {
    const { patient, payment } = await makeConfirmed();
    const read = () => callerAs(patient).payments.receipt({ paymentId: payment.id });

    const { number } = await read();

    expect(number).toMatch(/^20\d\d-\d\d\/0{5}\d$/);
    await makeConfirmed();
    await numberReceipts();
    expect((await read()).number).toBe(number);
    await expect(sql("UPDATE receipts SET number = 99 WHERE number IS NOT NULL")).rejects.toThrow(
      "append-only",
    );
    await expect(sql("DELETE FROM receipts")).rejects.toThrow("append-only");
  });

  test("follows the order of payment without gaps, if several processes assign numbers at once", async () => {
    const made: Array<Awaited<ReturnType<typeof makeConfirmed>>> = [];
    for (let n = 0; n < 12; n++) made.push(await makeConfirmed());

    const runs = await raceOf(6, () => numberReceipts());

    expect(runs.every(({ ok }) => ok)).toBe(true);
    const all = await numbers();
    expect(all).toEqual(series(all.length));
    const own = await sql<{ number: number }>(
      `SELECT number FROM receipts r JOIN unnest($1::uuid[]) WITH ORDINALITY u(id, n) ON u.id = r.payment_id
        ORDER BY u.n`,
      [made.map(({ payment }) => payment.id)],
    );
    const inOrder = own.map(({ number }) => number);
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
  });

  test("has no gap if payments arrive while numbers are assigned", async () => {
    for (let round = 0; round < 10; round++) {
      const holds = [await makeHold(), await makeHold()];
      const outcomes = await race<unknown>([
        ...holds.map(
          ({ payment }) =>
            () =>
              deliver(gatewayEvent("payment.succeeded", payment)),
        ),
        () => numberReceipts(),
        () => numberReceipts(),
      ]);
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
    }
    await numberReceipts();
    const all = await numbers();
    expect(all).toEqual(series(all.length));
  });

  test("starts at one in each financial year, which begins in April in India", async () => {
    const years = await sql(
      `SELECT financial_year('2026-03-31T18:29:59Z') AS before, financial_year('2026-03-31T18:30:00Z') AS after`,
    );
    expect(years).toEqual([{ before: 2025, after: 2026 }]);
    const [old, fresh] = [await makeConfirmed(), await makeConfirmed()];
    await sql("UPDATE receipts SET year = 2001 WHERE payment_id = $1", [old.payment.id]);

    await numberReceipts();

    const numberOf = async ({ patient, payment }: typeof old) =>
      (await callerAs(patient).payments.receipt({ paymentId: payment.id })).number;
    expect(await numberOf(old)).toBe("2001-02/000001");
    expect(await numberOf(fresh)).not.toContain("2001");
  });

  test("is not assigned to an unpaid hold", async () => {
    const { patient, payment } = await makeHold();
    const receipt = await callerAs(patient).payments.receipt({ paymentId: payment.id });
    expect(receipt.number).toBeNull();
  });
});
