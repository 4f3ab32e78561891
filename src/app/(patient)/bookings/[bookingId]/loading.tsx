import { Skeleton } from "@mantine/core";
import { PageContainer } from "@/app/_components/PageContainer";

/** The skeleton of a booking's page. */
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
