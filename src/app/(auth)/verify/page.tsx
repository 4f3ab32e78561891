import type { Metadata } from "next";
import { VerifyForm } from "./_components/VerifyForm";

// The address contains a secret, so it must not be sent to other sites as the referrer.
export const metadata: Metadata = { title: "Confirm your address", referrer: "no-referrer" };

/**
 * The page that the mailed link opens. It confirms the address only after a click, because some mail
 * programs open links by themselves.
 */
export default async function VerifyPage({ searchParams }: PageProps<"/verify">) {
  const { token } = await searchParams;
  return <VerifyForm token={[token].flat()[0] ?? ""} />;
}
