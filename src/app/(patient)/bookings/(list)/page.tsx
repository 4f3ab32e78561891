import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "@/app/_components/PageContainer";
import { requireRole } from "@/app/_trpc/server";
import { MyBookings } from "../_components/MyBookings";

export const metadata: Metadata = { title: "My bookings" };

/** The page with all bookings of a patient. */
export default async function BookingsPage() {
  await requireRole("patient", "/bookings");
  return (
    <PageContainer narrow>
      <Title order={1}>My bookings</Title>
      <MyBookings />
    </PageContainer>
  );
}
