import type { Metadata } from "next";
import { VerifyForm } from "./_components/VerifyForm";

// The address holds a secret: no other site is to hear of it.
export const metadata: Metadata = { title: "Confirm your address", referrer: "no-referrer" };

/** Where the mailed link leads. A button, since some mail programs open links by themselves. */
export default async function VerifyPage({ searchParams }: PageProps<"/verify">) {
  const { token } = await searchParams;
  return <VerifyForm token={[token].flat()[0] ?? ""} />;
}
