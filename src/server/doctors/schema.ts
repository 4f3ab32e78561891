import { z } from "zod";
import { id, instant, instantInput, money, page, pageInput, text } from "../platform/schema";

const gender = z.enum(["female", "male", "other"]);

export const doctorSort = z.enum(["nextAvailable", "fee", "name", "experience"]);

export const listDoctorsInput = pageInput.extend({
  q: text(100).optional(),
  specialization: text(60).optional(),
  language: text(60).optional(),
  gender: gender.optional(),
  /** Minor units. */
  maxFee: z.coerce.number().int().min(0).max(2_000_000_000).optional(),
  availableBefore: instantInput.optional(),
  sort: doctorSort.default("nextAvailable"),
});
export type ListDoctors = z.infer<typeof listDoctorsInput>;

export const doctorCard = z.object({
  id,
  name: z.string(),
  gender,
  specializations: z.array(z.string()),
  languages: z.array(z.string()),
  fee: money,
  yearsOfExperience: z.int(),
  registrationNumber: z.string(),
  nextAvailableAt: instant.nullable(),
});
export type DoctorCard = z.infer<typeof doctorCard>;
export const doctorPage = page(doctorCard);

export const doctor = doctorCard.extend({ bio: z.string(), timezone: z.string() });
export type Doctor = z.infer<typeof doctor>;

export const doctorInput = z.object({ doctorId: id });

/** The specializations and languages of approved doctors, most frequent first. */
export const facets = z.object({
  specializations: z.array(z.object({ name: z.string(), doctors: z.int() })),
  languages: z.array(z.object({ name: z.string(), doctors: z.int() })),
});
