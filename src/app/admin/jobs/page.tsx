import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { Jobs } from "./_components/Jobs";

export const metadata: Metadata = { title: "Jobs" };

/** What happens by itself, and what failed. */
export default async function JobsPage() {
  await requireRole("admin", "/admin/jobs");
  return (
    <PageContainer>
      <Title order={1}>Jobs</Title>
      <Jobs />
    </PageContainer>
  );
}
