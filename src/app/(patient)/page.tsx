import type { Metadata } from "next";
import { caller, unlessTooOften } from "../_trpc/server";
import { Hero } from "./_components/Hero";
import { HowItWorks } from "./_components/HowItWorks";
import { Promises } from "./_components/Promises";
import { Specializations } from "./_components/Specializations";

export const metadata: Metadata = { title: { absolute: "Amrutam · See a doctor from home" } };

const SOONEST = 3;

/** The home page: search, who is free soonest, what can be seen to, and how it goes. */
export default async function HomePage() {
  const api = await caller();
  const [soonest, facets] = await Promise.all([
    unlessTooOften(api.doctors.list({ sort: "nextAvailable", limit: SOONEST })),
    unlessTooOften(api.doctors.facets()),
  ]);
  const free = soonest?.items.filter((doctor) => doctor.nextAvailableAt !== null) ?? [];
  return (
    <>
      <Hero soonest={free} />
      <Specializations items={facets?.specializations ?? []} />
      <HowItWorks />
      <Promises />
    </>
  );
}
