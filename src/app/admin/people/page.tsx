import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { People } from "./_components/People";

export const metadata: Metadata = { title: "People" };

/** The page with all accounts. */
export default async function PeoplePage() {
  const viewer = await requireRole("admin", "/admin/people");
  return (
    <PageContainer>
      <Title order={1}>People</Title>
      <People myId={viewer.userId} />
    </PageContainer>
  );
}
