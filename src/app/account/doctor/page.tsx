import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { caller, requireViewer } from "../../_trpc/server";
import { AccountPage } from "../_components/AccountPage";
import { Application } from "./_components/Application";

export const metadata: Metadata = { title: "Registration as a doctor" };

/** A person applies to be listed as a doctor, and sees the decision. */
export default async function DoctorPage() {
  const { role } = await requireViewer("/account/doctor");
  if (role === "admin") redirect("/account");
  const application = await (await caller()).doctors.application();
  return (
    <AccountPage title={role === "doctor" ? "Your registration" : "Practise with us"}>
      <Application initial={application} />
    </AccountPage>
  );
}
