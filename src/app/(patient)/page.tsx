import type { Metadata } from "next";
import { caller, getSession, unlessTooOften } from "../_trpc/server";
import { Hero } from "./_components/Hero";
import { HowItWorks } from "./_components/HowItWorks";
import { NextUp, YourDay } from "./_components/NextUp";
import { nextBooking } from "./_components/next-booking";
import { Promises } from "./_components/Promises";
import { Specializations } from "./_components/Specializations";

export const metadata: Metadata = { title: { absolute: "Amrutam · See a doctor from home" } };

const SOONEST = 3;

/** The home page: what waits for the viewer, search, who is free soonest, what can be seen to, and how it goes. */
export default async function HomePage() {
  const api = await caller();
  const viewer = await getSession();
  const now = Date.now();
  const [next, soonest, facets] = await Promise.all([
    viewer?.role === "patient" ? unlessTooOften(nextBooking(now)) : null,
    unlessTooOften(api.doctors.list({ sort: "nextAvailable", limit: SOONEST })),
    unlessTooOften(api.doctors.facets()),
  ]);
  const free = soonest?.items.filter((doctor) => doctor.nextAvailableAt !== null) ?? [];
  return (
    <>
      {next ? <NextUp booking={next} now={now} /> : null}
      {viewer?.role === "doctor" ? <YourDay /> : null}
      <Hero soonest={free} />
      <Specializations items={facets?.specializations ?? []} />
      <HowItWorks />
      <Promises />
    </>
  );
}
