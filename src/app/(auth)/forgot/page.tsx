import type { Metadata } from "next";
import { AuthPage } from "../_components/AuthPage";
import { ForgotForm } from "./_components/ForgotForm";

export const metadata: Metadata = { title: "Forgot your password" };

/** Asks for the link that sets a new password. */
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
