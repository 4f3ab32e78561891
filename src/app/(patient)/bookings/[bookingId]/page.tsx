import type { Metadata } from "next";
import { PageContainer } from "@/app/_components/PageContainer";
import { caller, orNotFound, requireRole } from "@/app/_trpc/server";
import { BookingDetail } from "./_components/BookingDetail";

export const metadata: Metadata = { title: "Your booking" };

/** The page of one booking. `from=checkout` means that the patient comes back from the checkout. */
export default async function BookingPage({
  params,
  searchParams,
}: PageProps<"/bookings/[bookingId]">) {
  const [{ bookingId }, { from }] = await Promise.all([params, searchParams]);
  await requireRole("patient", `/bookings/${bookingId}`);
  const api = await caller();
  const booking = await orNotFound(api.bookings.get({ bookingId }));
  return (
    <PageContainer>
      <BookingDetail initial={booking} fromCheckout={from === "checkout"} />
    </PageContainer>
  );
}
