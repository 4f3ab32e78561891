import { cache } from "react";
import { caller, orNotFound } from "@/app/_trpc/server";

/** Loads a doctor, once for each request. Shows the not-found page if there is no such doctor. */
export const loadDoctor = cache(async (doctorId: string) => {
  const api = await caller();
  return orNotFound(api.doctors.get({ doctorId }));
});
