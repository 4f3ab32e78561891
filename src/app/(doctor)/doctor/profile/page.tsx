import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "@/app/_components/PageContainer";
import { caller, requireRole } from "@/app/_trpc/server";
import { ProfileEditor } from "./_components/ProfileEditor";

export const metadata: Metadata = { title: "Public profile" };

/** A doctor edits what patients see. */
export default async function ProfilePage() {
  await requireRole("doctor", "/doctor/profile");
  const profile = await (await caller()).doctors.profile();
  return (
    <PageContainer>
      <Title order={1}>Public profile</Title>
      <ProfileEditor initial={profile} />
    </PageContainer>
  );
}
