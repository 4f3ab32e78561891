import type { Metadata } from "next";
import { caller, isMfaRequired, requireViewer } from "../../_trpc/server";
import { AccountPage } from "../_components/AccountPage";
import { ChangePassword } from "./_components/ChangePassword";
import { TwoStep } from "./_components/TwoStep";

export const metadata: Metadata = { title: "Security" };

/** Changes the password and the second factor. */
export default async function SecurityPage() {
  const { role } = await requireViewer("/account/security");
  const api = await caller();
  const me = await api.me.get();
  return (
    <AccountPage title="Security">
      <TwoStep initial={me} required={isMfaRequired(role)} />
      <ChangePassword />
    </AccountPage>
  );
}
