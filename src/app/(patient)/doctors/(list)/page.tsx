import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { PageContainer } from "@/app/_components/PageContainer";
import {
  DEFAULT_ZONE,
  parseTimeZoneCookie,
  TIME_ZONE_COOKIE,
} from "@/app/_components/time-zone-cookie";
import { caller, nullIfRateLimited } from "@/app/_trpc/server";
import { DoctorBrowser } from "../_components/DoctorBrowser";
import { filtersToInput, readFilters } from "../_components/filters";

export const metadata: Metadata = {
  title: "Find a doctor",
  description: "Search registered doctors by name, specialization, language and fee.",
};

/** The page with the list of doctors. The server renders the first page of results; the browser loads the rest. */
export default async function DoctorsPage({ searchParams }: PageProps<"/doctors">) {
  const params = await searchParams;
  const first = (name: string) => [params[name]].flat()[0] ?? null;
  const filters = readFilters({ get: first });
  const zone = parseTimeZoneCookie((await cookies()).get(TIME_ZONE_COOKIE)?.value)?.zone;

  const api = await caller();
  const [doctors, facets] = await Promise.all([
    nullIfRateLimited(api.doctors.list(filtersToInput(filters, zone ?? DEFAULT_ZONE))),
    nullIfRateLimited(api.doctors.facets()),
  ]);
  return (
    <PageContainer>
      <Title order={1}>Find a doctor</Title>
      <DoctorBrowser
        initialFilters={filters}
        initialDoctors={doctors ?? undefined}
        facets={facets ?? { specializations: [], languages: [] }}
      />
    </PageContainer>
  );
}
