import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { Doctors } from "./_components/Doctors";

export const metadata: Metadata = { title: "Doctors" };

/** Who asks to be listed, who is, and who was turned down. */
export default async function DoctorsPage() {
  await requireRole("admin", "/admin/doctors");
  return (
    <PageContainer>
      <Title order={1}>Doctors</Title>
      <Doctors />
    </PageContainer>
  );
}
