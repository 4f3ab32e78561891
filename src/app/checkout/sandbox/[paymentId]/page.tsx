import type { Metadata } from "next";
import { caller, orNotFound } from "@/app/_trpc/server";
import { Checkout } from "./_components/Checkout";

export const metadata: Metadata = {
  title: { absolute: "Sandbox Pay" },
  robots: { index: false },
};

/** The page of the sandbox gateway. It stands for another company's site, so it has no header and footer. */
export default async function SandboxCheckoutPage({
  params,
}: PageProps<"/checkout/sandbox/[paymentId]">) {
  const { paymentId } = await params;
  const api = await caller();
  const checkout = await orNotFound(api.sandbox.checkout({ paymentId }));
  return <Checkout checkout={checkout} />;
}
