import type { Metadata } from "next";
import { requireViewer } from "../../_trpc/server";
import { AccountPage } from "../_components/AccountPage";
import { DeviceList } from "./_components/DeviceList";

export const metadata: Metadata = { title: "Devices" };

/** Where one is signed in, and how to end it. */
export default async function DevicesPage() {
  await requireViewer("/account/devices");
  return (
    <AccountPage title="Devices">
      <DeviceList />
    </AccountPage>
  );
}
