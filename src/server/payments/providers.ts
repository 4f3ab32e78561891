import { env } from "@/env";
import type { PaymentProvider } from "./provider";
import { sandbox } from "./sandbox";
import { stripe } from "./stripe";

const PROVIDERS = new Map<string, PaymentProvider>([
  [sandbox.name, sandbox],
  [stripe.name, stripe],
]);

/** Finds a provider by its name; undefined if it is not configured. */
export function providerOf(name: string): PaymentProvider | undefined {
  if (name === stripe.name && !env.STRIPE_SECRET_KEY) return undefined;
  return PROVIDERS.get(name);
}
