import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { TextLink } from "@/app/_components/LinkButton";
import { PageContainer } from "@/app/_components/PageContainer";
import { caller, orNotFound, requireRole } from "@/app/_trpc/server";
import { RescheduleBooking } from "./_components/RescheduleBooking";

export const metadata: Metadata = { title: "Move your consultation" };

/** The page that reschedules a confirmed booking. `slot` and `day` restore a choice after sign-in. */
export default async function ReschedulePage({
  params,
  searchParams,
}: PageProps<"/bookings/[bookingId]/reschedule">) {
  const [{ bookingId }, query] = await Promise.all([params, searchParams]);
  const text = (name: string) => [query[name]].flat()[0] ?? null;
  await requireRole("patient", `/bookings/${bookingId}/reschedule`);
  const api = await caller();
  const booking = await orNotFound(api.bookings.get({ bookingId }));
  if (booking.status !== "CONFIRMED") redirect(`/bookings/${bookingId}`);
  const doctor = await orNotFound(api.doctors.get({ doctorId: booking.doctorId }));
  return (
    <PageContainer>
      <p>
        <TextLink href={`/bookings/${bookingId}`} size="sm">
          <span aria-hidden>← </span>Your booking
        </TextLink>
      </p>
      <Title order={1}>Move your consultation</Title>
      <RescheduleBooking
        booking={booking}
        doctor={doctor}
        chosen={text("slot")}
        day={text("day")}
      />
    </PageContainer>
  );
}
