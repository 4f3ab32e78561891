import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { Doctors } from "./_components/Doctors";

export const metadata: Metadata = { title: "Doctors" };

/** Applications, doctors, and changes of what was approved. `show=changes` opens the changes. */
export default async function DoctorsPage({ searchParams }: PageProps<"/admin/doctors">) {
  await requireRole("admin", "/admin/doctors");
  const { show } = await searchParams;
  return (
    <PageContainer>
      <Title order={1}>Doctors</Title>
      <Doctors first={show === "changes" ? "CHANGES" : "PENDING"} />
    </PageContainer>
  );
}
