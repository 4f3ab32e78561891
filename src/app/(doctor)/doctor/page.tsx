import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { DoctorDay } from "./_components/DoctorDay";

export const metadata: Metadata = { title: "My day" };

/** The page with a doctor's consultations, day by day. */
export default async function DoctorPage() {
  await requireRole("doctor", "/doctor");
  return (
    <PageContainer>
      <Title order={1}>My day</Title>
      <DoctorDay />
    </PageContainer>
  );
}
