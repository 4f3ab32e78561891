import { cache } from "react";
import { caller, orNotFound } from "@/app/_trpc/server";

/** The doctor of a page, read once a request. Leads to the not-found page where there is none. */
export const loadDoctor = cache(async (doctorId: string) => {
  const api = await caller();
  return orNotFound(api.doctors.get({ doctorId }));
});
