import type { Metadata } from "next";
import { caller, requireViewer } from "../_trpc/server";
import { AccountPage } from "./_components/AccountPage";
import { Consent } from "./_components/Consent";
import { Profile } from "./_components/Profile";

export const metadata: Metadata = { title: "Profile" };

/** The page with the user's own details and, for patients, the consent. */
export default async function ProfilePage() {
  const { role } = await requireViewer("/account");
  const api = await caller();
  const [me, consents] = await Promise.all([
    api.me.get(),
    role === "patient" ? api.me.consents() : null,
  ]);
  return (
    <AccountPage title="Profile">
      <Profile initial={me} />
      {consents ? (
        <div id="consent">
          <Consent initial={consents} />
        </div>
      ) : null}
    </AccountPage>
  );
}
