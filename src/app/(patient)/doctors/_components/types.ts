import type { z } from "zod";
import type { doctorPage, facets } from "@/server/doctors/schema";

export type DoctorPage = z.infer<typeof doctorPage>;
export type Facets = z.infer<typeof facets>;
