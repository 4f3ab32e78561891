import { z } from "zod";
import {
  dateInput,
  id,
  instant,
  instantInput,
  money,
  page,
  pageInput,
  personName,
  text,
  timezone,
  version,
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

export const doctor = doctorCard.extend({
  bio: z.string(),
  qualifications: z.array(z.string()),
  timezone: z.string(),
});
export type Doctor = z.infer<typeof doctor>;

export const doctorInput = z.object({ doctorId: id });

/** The specializations and languages of approved doctors, most frequent first. */
export const facets = z.object({
  specializations: z.array(z.object({ name: z.string(), doctors: z.int() })),
  languages: z.array(z.object({ name: z.string(), doctors: z.int() })),
});

/** The sizes of a profile's fields. Forms allow no more than the server accepts. */
export const LIMITS = {
  specializations: 6,
  languages: 10,
  qualifications: 6,
  /** Minor units. */
  fee: 100_000_00,
  bio: 1000,
} as const;

/** Practice details: a change takes effect at once. */
const name = text(80).min(1);
const practiceDetails = z.object({
  specializations: z.array(name).min(1).max(LIMITS.specializations),
  languages: z.array(name).min(1).max(LIMITS.languages),
  qualifications: z.array(name).max(LIMITS.qualifications),
  fee: money.refine(({ amount }) => amount > 0 && amount <= LIMITS.fee, "out of range"),
  bio: text(LIMITS.bio),
});
export const PRACTICE_FIELDS = practiceDetails.keyof().options;

/** Details that an admin compares with a council's register. */
const registration = z.object({
  registrationNumber: text(60).min(3),
  council: text(120).min(2),
  registrationExpiresOn: dateInput,
});

/** Approved details: a change waits until an admin approves it. */
const approvedDetails = registration.extend({ name: personName });
export const APPROVED_FIELDS = approvedDetails.keyof().options;

export const applicationInput = registration.extend({
  gender,
  ...practiceDetails.shape,
  qualifications: practiceDetails.shape.qualifications.default([]),
  bio: practiceDetails.shape.bio.default(""),
  yearsOfExperience: z.int().min(0).max(80),
  timezone: timezone.default("Asia/Kolkata"),
});
export type ApplicationInput = z.infer<typeof applicationInput>;

/** Approved details as they are stored: older rows may lack a council or an end. */
const storedDetails = z.object({
  name: z.string(),
  registrationNumber: z.string(),
  council: z.string().nullable(),
  registrationExpiresOn: z.iso.date().nullable(),
});
/** Some of the approved details: those that a change is about. */
export const someDetails = storedDetails.partial();
export type SomeDetails = z.infer<typeof someDetails>;

/** A doctor's own view, which is the same for applicants, doctors and admins. */
const ownView = doctor.omit({ nextAvailableAt: true }).extend(storedDetails.shape);

/** An application as its applicant and admins see it. */
export const application = ownView.extend({
  status: z.enum(["PENDING", "APPROVED", "REJECTED"]),
  /** Why an admin rejected the application. */
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

/** The details that the admin found in the register. A detail that is left out stays as the applicant gave it. */
export const approvalInput = registration.partial().extend({ doctorId: id });
export type Approval = z.infer<typeof approvalInput>;
const reason = text(500).min(1);
export const rejectionInput = z.object({ doctorId: id, reason });

/** The fields to change. The version is the one that was read; without it the last write wins. */
export const profileInput = practiceDetails
  .extend(approvedDetails.shape)
  .partial()
  .extend({ version: version.optional() });
export type ProfileInput = z.infer<typeof profileInput>;

/** A doctor's profile as the doctor sees it: the public values, and what waits or was decided. */
export const profile = ownView.extend({
  version,
  /** The values that wait for an admin. */
  pending: someDetails.extend({ requestedAt: instant }).nullable(),
  /** The latest decision of an admin about a change. */
  decision: z
    .object({
      status: z.enum(["APPROVED", "REJECTED"]),
      at: instant,
      reason: z.string().nullable(),
      change: someDetails,
    })
    .nullable(),
});
export type Profile = z.infer<typeof profile>;

/** A change of approved details as admins see it. */
export const change = z.object({
  id,
  doctorId: id,
  doctorName: z.string(),
  email: z.string(),
  status: z.enum(["PENDING", "APPROVED", "REJECTED", "WITHDRAWN"]),
  before: someDetails,
  after: someDetails,
  requestedAt: instant,
  decidedAt: instant.nullable(),
  /** Why an admin rejected the change. */
  reason: z.string().nullable(),
});
export type ChangeView = z.infer<typeof change>;
export const changePage = page(change);

export const listChangesInput = pageInput.extend({ status: change.shape.status.optional() });
export type ListChanges = z.infer<typeof listChangesInput>;
export const changeInput = z.object({ changeId: id });
export const changeRejectionInput = changeInput.extend({ reason });
