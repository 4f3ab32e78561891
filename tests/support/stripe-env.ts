import { afterAll, afterEach } from "vitest";
import { FakeStripe } from "./fake-stripe";

const key = "sk_test_fake";
const secret = "whsec_fake";

/** The fake Stripe server of this test file. */
export const stripe = await FakeStripe.start(key, secret);

// The test file imports this module first, because the other modules read the environment.
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
