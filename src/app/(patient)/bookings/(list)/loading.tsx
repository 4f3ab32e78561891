import { Title } from "@mantine/core";
import { PageContainer } from "@/app/_components/PageContainer";
import { BookingListSkeleton } from "../_components/MyBookings";

/** The skeleton of the list of bookings. */
export default function Loading() {
  return (
    <PageContainer narrow>
      <Title order={1}>My bookings</Title>
      <BookingListSkeleton />
    </PageContainer>
  );
}
