import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { requireRole } from "../../_trpc/server";
import { AuditLog } from "./_components/AuditLog";

export const metadata: Metadata = { title: "Audit log" };

/** The page with the audit log and its verification. */
export default async function AuditPage() {
  await requireRole("admin", "/admin/audit");
  return (
    <PageContainer>
      <Title order={1}>Audit log</Title>
      <AuditLog />
    </PageContainer>
  );
}
