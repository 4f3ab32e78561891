import { Skeleton, Title } from "@mantine/core";
import { PageContainer } from "@/app/_components/PageContainer";
import { DoctorRowSkeleton } from "../_components/DoctorRow";

/** The skeleton of the list of doctors. */
export default function Loading() {
  return (
    <PageContainer>
      <Title order={1}>Find a doctor</Title>
      <Skeleton height={44} mt={40} mb={24} />
      {["a", "b", "c"].map((key) => (
        <DoctorRowSkeleton key={key} />
      ))}
    </PageContainer>
  );
}
