import { afterAll, afterEach } from "vitest";
import { FakeStripe } from "./fake-stripe";

const key = "sk_test_fake";
const secret = "whsec_fake";

/** Stripe, for this test file. */
export const stripe = await FakeStripe.start(key, secret);

// Imported first by the test file: the environment is read when the other helpers are imported.
Object.assign(process.env, {
  STRIPE_SECRET_KEY: key,
  STRIPE_WEBHOOK_SECRET: secret,
  STRIPE_API_BASE: stripe.url,
});

afterEach(() => {
  stripe.failure = null;
  stripe.knowsKeys = true;
  stripe.refundStatus = "succeeded";
});
afterAll(() => stripe.stop());
