import type { Metadata } from "next";
import { isMfaRequired, requireViewer } from "../../_trpc/server";
import { AccountPage } from "../_components/AccountPage";
import { ChangePassword } from "./_components/ChangePassword";
import { TwoStep } from "./_components/TwoStep";

export const metadata: Metadata = { title: "Security" };

/** The password and the second step. */
export default async function SecurityPage() {
  const { role } = await requireViewer("/account/security");
  return (
    <AccountPage title="Security">
      <TwoStep required={isMfaRequired(role)} />
      <ChangePassword />
    </AccountPage>
  );
}
