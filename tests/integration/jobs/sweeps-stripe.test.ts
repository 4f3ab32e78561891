import "../../support/stripe-env";
import { afterEach, describe, expect, test } from "vitest";
import { closeLateCheckouts } from "@/server/payments/commands/checkout";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { dropEvents } from "../../support/job-cases";
import { prepareFailed, prepareLate } from "./cases/stripe";

afterEach(() => expectInvariants());

describe("a payment page of a hold that is gone", () => {
  test("is closed without any job", async () => {
    const { effect, once } = await prepareLate();
    await dropEvents();
    expect(await effect()).not.toEqual(once);

    await closeLateCheckouts();
    await closeLateCheckouts();

    expect(await effect()).toEqual(once);
  });

  test("on which somebody paid meanwhile stays as it is", async () => {
    const { effect, undo, undone } = await prepareLate();
    await undo();
    await closeLateCheckouts();
    expect(await effect()).toEqual(undone);
  });
});

test("a refund that failed is tried again without any job, once its job must be lost, and once an hour", async () => {
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
