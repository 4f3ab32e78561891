import type { PaymentProvider } from "./provider";
import { sandbox } from "./sandbox";

const PROVIDERS = new Map<string, PaymentProvider>([[sandbox.name, sandbox]]);

/** The provider of a name, or undefined where none is configured under it. */
export const providerOf = (name: string): PaymentProvider | undefined => PROVIDERS.get(name);
