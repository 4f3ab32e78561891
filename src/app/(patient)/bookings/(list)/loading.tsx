import { Title } from "@mantine/core";
import { PageContainer } from "@/app/_components/PageContainer";
import { BookingListSkeleton } from "../_components/MyBookings";

/** Shown while the page of bookings is on its way. */
export default function Loading() {
  return (
    <PageContainer narrow>
      <Title order={1}>My bookings</Title>
      <BookingListSkeleton />
    </PageContainer>
  );
}
