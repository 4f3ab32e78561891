import type { Metadata } from "next";
import { AuthPage } from "../_components/AuthPage";
import { ForgotForm } from "./_components/ForgotForm";

export const metadata: Metadata = { title: "Forgot your password" };

/** The page that requests a link for a new password. */
export default function ForgotPage() {
  return (
    <AuthPage
      title="Forgot your password?"
      text="Tell us your address, and we mail you a link that sets a new one."
    >
      <ForgotForm />
    </AuthPage>
  );
}
