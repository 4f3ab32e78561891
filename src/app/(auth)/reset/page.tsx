import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthPage } from "../_components/AuthPage";
import { ResetForm } from "./_components/ResetForm";

// The address contains a secret, so it must not be sent to other sites as the referrer.
export const metadata: Metadata = { title: "Set a new password", referrer: "no-referrer" };

/** The page that the mailed reset link opens. Without the secret it redirects to the request page. */
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
