import type { Metadata } from "next";
import { caller, orNotFound } from "@/app/_trpc/server";
import { Checkout } from "./_components/Checkout";

export const metadata: Metadata = {
  title: { absolute: "Sandbox Pay" },
  robots: { index: false },
};

/** The sandbox gateway's hosted page. It plays another company's, so it has nothing of the site's shell. */
export default async function SandboxCheckoutPage({
  params,
}: PageProps<"/checkout/sandbox/[paymentId]">) {
  const { paymentId } = await params;
  const api = await caller();
  const checkout = await orNotFound(api.sandbox.checkout({ paymentId }));
  return <Checkout checkout={checkout} />;
}
