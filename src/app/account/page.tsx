import type { Metadata } from "next";
import { requireViewer } from "../_trpc/server";
import { AccountPage } from "./_components/AccountPage";
import { Consent } from "./_components/Consent";
import { Profile } from "./_components/Profile";

export const metadata: Metadata = { title: "Profile" };

/** Who one is to the clinic. */
export default async function ProfilePage() {
  const { role } = await requireViewer("/account");
  return (
    <AccountPage title="Profile">
      <Profile />
      {role === "patient" ? (
        <div id="consent">
          <Consent />
        </div>
      ) : null}
    </AccountPage>
  );
}
