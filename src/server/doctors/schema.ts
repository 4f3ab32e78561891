import { z } from "zod";
import {
  dateInput,
  id,
  instant,
  instantInput,
  money,
  page,
  pageInput,
  text,
  timezone,
} from "../platform/schema";

const gender = z.enum(["female", "male", "other"]);

const doctorSort = z.enum(["nextAvailable", "fee", "name", "experience"]);

export const listDoctorsInput = pageInput.extend({
  q: text(100).optional(),
  specialization: text(60).optional(),
  language: text(60).optional(),
  gender: gender.optional(),
  /** Minor units. */
  maxFee: z.int().min(0).max(2_000_000_000).optional(),
  availableBefore: instantInput.optional(),
  sort: doctorSort.default("nextAvailable"),
});
export type ListDoctors = z.infer<typeof listDoctorsInput>;

const doctorCard = z.object({
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

const name = text(80).min(1);
export const applicationInput = z.object({
  gender,
  registrationNumber: text(60).min(3),
  council: text(120).min(2),
  registrationExpiresOn: dateInput,
  specializations: z.array(name).min(1).max(6),
  languages: z.array(name).min(1).max(10),
  yearsOfExperience: z.int().min(0).max(80),
  fee: money.refine(({ amount }) => amount > 0 && amount <= 100_000_00, "out of range"),
  bio: text(1000).default(""),
  timezone: timezone.default("Asia/Kolkata"),
});
export type Application = z.infer<typeof applicationInput>;

/** An application as its applicant and admins see it. */
export const application = doctor.omit({ nextAvailableAt: true }).extend({
  status: z.enum(["PENDING", "APPROVED", "REJECTED"]),
  council: z.string().nullable(),
  registrationExpiresOn: z.iso.date().nullable(),
  /** Why it was turned down. */
  rejectionReason: z.string().nullable(),
  email: z.string(),
  createdAt: instant,
});
export type ApplicationView = z.infer<typeof application>;
export const applicationPage = page(application);

export const listApplicationsInput = pageInput.extend({
  status: application.shape.status.optional(),
});
export type ListApplications = z.infer<typeof listApplicationsInput>;

/** What an admin checked; left out where the applicant had it right. */
export const approvalInput = z.object({
  doctorId: id,
  registrationNumber: text(60).min(3).optional(),
  council: text(120).min(2).optional(),
  registrationExpiresOn: dateInput.optional(),
});
export type Approval = z.infer<typeof approvalInput>;
export const rejectionInput = z.object({ doctorId: id, reason: text(500).min(1) });
