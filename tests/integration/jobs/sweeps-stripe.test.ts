import "../../support/stripe-env";
import { afterEach, describe, expect, test } from "vitest";
import { closeLateCheckouts } from "@/server/payments/commands/checkout";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { dropEvents } from "../../support/job-cases";
import { prepareFailed, prepareLate } from "./cases/stripe";

afterEach(() => expectInvariants());

describe("the checkout of an expired hold", () => {
  test("is closed by the sweep without any job", async () => {
    const { effect, once } = await prepareLate();
    await dropEvents();
    expect(await effect()).not.toEqual(once);

    await closeLateCheckouts();
    await closeLateCheckouts();

    expect(await effect()).toEqual(once);
  });

  test("stays as it is if it was paid in the meantime", async () => {
    const { effect, undo, undone } = await prepareLate();
    await undo();
    await closeLateCheckouts();
    expect(await effect()).toEqual(undone);
  });
});

test("a failed refund is retried without any job when its retry is due, at most once an hour", async () => {
  const { data, effect, once } = await prepareFailed();
  await dropEvents();
  const { refundId } = data();
  await sql("UPDATE refunds SET created_at = now() - interval '1 hour' WHERE id = $1", [refundId]);

  await reconcilePayments();
  expect(await effect()).toEqual([]);

  const due = () => sql("UPDATE refunds SET retry_at = now() WHERE id = $1", [refundId]);
  await due();
  await reconcilePayments();
  await reconcilePayments();
  expect(await effect()).toEqual(once);
  const [refund] = await sql(
    "SELECT retry_at > now() + interval '50 minutes' AS waits FROM refunds",
  );
  expect(refund).toEqual({ waits: true });
});
