import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../../_components/PageContainer";
import { caller, requireRole } from "../../_trpc/server";
import { Jobs } from "./_components/Jobs";
import { isStatus, PAGE_SIZE } from "./_components/status";

export const metadata: Metadata = { title: "Jobs" };

/** Shows the job runs and late work. `status` in the address filters the runs. */
export default async function JobsPage({ searchParams }: PageProps<"/admin/jobs">) {
  await requireRole("admin", "/admin/jobs");
  const { status } = await searchParams;
  const api = await caller();
  const initialStatus = isStatus(status) ? status : null;
  const [runs, lateWork] = await Promise.all([
    api.jobs.list({ limit: PAGE_SIZE, status: initialStatus ?? undefined }),
    api.jobs.owed(),
  ]);
  return (
    <PageContainer>
      <Title order={1}>Jobs</Title>
      <Jobs initialStatus={initialStatus} initialRuns={runs} initialLateWork={lateWork} />
    </PageContainer>
  );
}
