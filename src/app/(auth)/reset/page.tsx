import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthPage } from "../_components/AuthPage";
import { ResetForm } from "./_components/ResetForm";

// The address holds a secret: no other site is to hear of it.
export const metadata: Metadata = { title: "Set a new password", referrer: "no-referrer" };

/** Where the mailed link leads; without its secret there is nothing to set. */
export default async function ResetPage({ searchParams }: PageProps<"/reset">) {
  const { token } = await searchParams;
  if (!token) redirect("/forgot");
  return (
    <AuthPage
      title="Set a new password"
      text="Afterwards every device is signed out, and you sign in with the new one."
    >
      <ResetForm token={[token].flat()[0] ?? ""} />
    </AuthPage>
  );
}
