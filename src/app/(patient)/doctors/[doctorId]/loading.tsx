import { Group, Skeleton } from "@mantine/core";
import { PageContainer } from "@/app/_components/PageContainer";

/** The skeleton of a doctor's page. */
export default function Loading() {
  return (
    <PageContainer>
      <div role="status" aria-label="Loading the doctor">
        <Group gap="xl" wrap="nowrap">
          <Skeleton circle height={96} />
          <div style={{ flex: 1 }}>
            <Skeleton height={34} width="50%" />
            <Skeleton height={20} width="30%" mt="md" />
          </div>
        </Group>
        <Skeleton height={480} mt={48} radius="xl" />
      </div>
    </PageContainer>
  );
}
