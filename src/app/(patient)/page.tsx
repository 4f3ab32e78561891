import type { Metadata } from "next";
import { caller, getSession, nullIfRateLimited } from "../_trpc/server";
import { Guarantees } from "./_components/Guarantees";
import { Hero } from "./_components/Hero";
import { HowItWorks } from "./_components/HowItWorks";
import { DoctorDayBanner, NextBookingBanner } from "./_components/NextBookingBanner";
import { nextBooking } from "./_components/next-booking";
import { Specializations } from "./_components/Specializations";

export const metadata: Metadata = { title: { absolute: "Amrutam · See a doctor from home" } };

const SOONEST_COUNT = 3;

/** The home page. Signed-in viewers also see their next booking or their day. */
export default async function HomePage() {
  const api = await caller();
  const viewer = await getSession();
  const now = Date.now();
  const [next, soonest, facets] = await Promise.all([
    viewer?.role === "patient" ? nullIfRateLimited(nextBooking(now)) : null,
    nullIfRateLimited(api.doctors.list({ sort: "nextAvailable", limit: SOONEST_COUNT })),
    nullIfRateLimited(api.doctors.facets()),
  ]);
  const free = soonest?.items.filter((doctor) => doctor.nextAvailableAt !== null) ?? [];
  return (
    <>
      {next ? <NextBookingBanner booking={next} now={now} /> : null}
      {viewer?.role === "doctor" ? <DoctorDayBanner /> : null}
      <Hero soonest={free} />
      <Specializations items={facets?.specializations ?? []} />
      <HowItWorks />
      <Guarantees />
    </>
  );
}
