import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../_components/PageContainer";
import { requireRole } from "../_trpc/server";
import { Overview } from "./_components/Overview";

export const metadata: Metadata = { title: "Overview" };

/** The page with the clinic's numbers. */
export default async function AdminPage() {
  await requireRole("admin", "/admin");
  return (
    <PageContainer>
      <Title order={1}>Overview</Title>
      <Overview />
    </PageContainer>
  );
}
