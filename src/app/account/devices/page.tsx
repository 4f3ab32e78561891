import type { Metadata } from "next";
import { caller, requireViewer } from "../../_trpc/server";
import { AccountPage } from "../_components/AccountPage";
import { DeviceList } from "./_components/DeviceList";
import { PAGE_SIZE } from "./_components/page-size";

export const metadata: Metadata = { title: "Devices" };

/** Lists the devices on which the viewer is signed in. */
export default async function DevicesPage() {
  await requireViewer("/account/devices");
  const api = await caller();
  const devices = await api.me.sessions({ limit: PAGE_SIZE });
  return (
    <AccountPage title="Devices">
      <DeviceList initial={devices} />
    </AccountPage>
  );
}
