import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { AuditLog } from "./_components/AuditLog";

export const metadata: Metadata = { title: "Audit log" };

/** Who did what, when; and whether the record is as it was written. */
export default async function AuditPage() {
  await requireRole("admin", "/admin/audit");
  return (
    <PageContainer>
      <Title order={1}>Audit log</Title>
      <AuditLog />
    </PageContainer>
  );
}
