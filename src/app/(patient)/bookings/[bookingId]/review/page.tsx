import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PageContainer } from "@/app/_components/PageContainer";
import { caller, orNotFound, requireRole } from "@/app/_trpc/server";
import { Review } from "./_components/Review";

export const metadata: Metadata = { title: "Review and pay" };

/** The page on which a patient reviews a hold and goes on to pay. */
export default async function ReviewPage({ params }: PageProps<"/bookings/[bookingId]/review">) {
  const { bookingId } = await params;
  await requireRole("patient", `/bookings/${bookingId}/review`);
  const api = await caller();
  const booking = await orNotFound(api.bookings.get({ bookingId }));
  if (booking.status !== "PENDING" && booking.status !== "EXPIRED") {
    redirect(`/bookings/${bookingId}`);
  }
  const [terms, consents] = await Promise.all([
    api.bookings.cancellation({ bookingId }),
    api.me.consents(),
  ]);
  const consented = consents.items.some(({ purpose }) => purpose === "consultation");
  return (
    <PageContainer>
      <Review initial={booking} terms={terms} consented={consented} />
    </PageContainer>
  );
}
