import { Skeleton } from "@mantine/core";
import { PageContainer } from "@/app/_components/PageContainer";

/** Shown while one booking is on its way. */
export default function Loading() {
  return (
    <PageContainer>
      <div role="status" aria-label="Loading your booking">
        <Skeleton height={130} radius="lg" />
        <Skeleton height={260} radius="lg" mt="lg" />
      </div>
    </PageContainer>
  );
}
