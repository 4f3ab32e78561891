import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "@/app/_components/PageContainer";
import { requireRole } from "@/app/_trpc/server";
import { Availability } from "./_components/Availability";

export const metadata: Metadata = { title: "My hours" };

/** The page on which a doctor sets the weekly hours, special dates and single slots. */
export default async function AvailabilityPage() {
  await requireRole("doctor", "/doctor/availability");
  return (
    <PageContainer>
      <Title order={1}>My hours</Title>
      <Availability />
    </PageContainer>
  );
}
