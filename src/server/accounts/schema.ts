import { z } from "zod";
import {
  clinicDay,
  id,
  instant,
  page,
  pageInput,
  personName,
  text,
  timezone,
} from "../platform/schema";

const role = z.enum(["patient", "doctor", "admin"]);
export type Role = z.infer<typeof role>;

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

export const PASSWORD_MIN = 12;

export const registerInput = z.object({
  email,
  password: z.string().min(PASSWORD_MIN).max(200),
  name: personName,
  timezone: timezone.optional(),
});
export const registerOutput = z.object({ status: z.literal("accepted") });

export const loginInput = z.object({
  email: text(254).toLowerCase().min(1),
  password: z.string().min(1).max(200),
  /** A code of the authenticator app, or a recovery code. A form without the field sends an empty text. */
  otp: z
    .string()
    .trim()
    .max(20)
    .optional()
    .transform((code) => code || undefined),
  deviceToken: z.string().max(500).optional(),
});
export const refreshInput = z.object({ refreshToken: z.string().min(1).max(200) });
export const tokens = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: instant,
  refreshToken: z.string(),
  refreshTokenExpiresAt: instant,
  user: z.object({ id, role, name: z.string() }),
  /** A sign-in returns it. The client sends it with the next sign-in to show that the device is known. */
  deviceToken: z.string().optional(),
});
export type Tokens = z.infer<typeof tokens>;

const gender = z.enum(["female", "male", "other"]);

/** Six to fifteen digits (E.164), with spaces, hyphens and brackets between them. */
export const phone = z
  .string()
  .trim()
  .max(20)
  .regex(/^\+?[ (]*[0-9](?:[ ()-]*[0-9]){5,14}$/);

/** A calendar day that has begun in the time zone of the clinic. */
const dateOfBirth = z.iso
  .date()
  .refine((day) => day >= "1900-01-01" && day <= clinicDay(new Date()), "out of range");

export const me = z.object({
  id,
  email: z.string(),
  role,
  name: z.string(),
  phone: z.string().nullable(),
  dateOfBirth: z.iso.date().nullable(),
  gender: gender.nullable(),
  timezone: z.string(),
  doctorId: id.nullable(),
  mfaEnabled: z.boolean(),
});
export type Me = z.infer<typeof me>;

export const updateMeInput = z.object({
  name: personName.optional(),
  phone: phone.nullable().optional(),
  dateOfBirth: dateOfBirth.nullable().optional(),
  gender: gender.nullable().optional(),
  timezone: timezone.optional(),
});
export type UpdateMe = z.infer<typeof updateMeInput>;

const newPassword = registerInput.shape.password;

const sessionItem = z.object({
  id,
  device: z.string(),
  kind: z.enum(["browser", "api"]),
  createdAt: instant,
  lastSeenAt: instant,
  current: z.boolean(),
});
export const sessionPage = page(sessionItem);
export type SessionPage = z.infer<typeof sessionPage>;
export const sessionInput = z.object({ id });
export const activity = z.object({ idleEndsAt: instant, endsAt: instant });

export const requestResetInput = z.object({ email });
export const resetInput = z.object({ token: z.string().min(1).max(200), password: newPassword });
/** Removes spaces: apps and mails show codes in groups, and people type the spaces. */
const code = z
  .string()
  .max(40)
  .transform((typed) => typed.normalize("NFKC").replace(/\s/g, ""))
  .pipe(z.string().min(1).max(20));

/** Either `email` and the mailed `code`, or the `token` of the mailed link. */
export const verifyInput = z
  .object({
    email: email.optional(),
    code: code.optional(),
    token: z.string().min(1).max(200).optional(),
  })
  .refine(({ email, code, token }) => token || (email && code), "give email and code, or token");
export type VerifyInput = z.infer<typeof verifyInput>;
export const changePasswordInput = z.object({
  current: z.string().min(1).max(200),
  next: newPassword,
});

/** The password is not needed in the first ten minutes after the sign-in. */
export const enrolTotpInput = z.object({ password: z.string().min(1).max(200).optional() });
export const totpEnrolment = z.object({ secret: z.string(), otpauthUrl: z.string() });
export const confirmTotpInput = z.object({ code });
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()).length(10) });
/** Both are required: neither a stolen password nor a stolen phone alone is enough. */
export const disableTotpInput = z.object({ password: z.string().min(1).max(200), code });

export const consentInput = z.object({ purpose: z.enum(["consultation"]) });
export const consent = consentInput.extend({ version: z.int(), givenAt: instant });
export type Consent = z.infer<typeof consent>;
export const consents = page(consent);
export type ConsentPage = z.infer<typeof consents>;

const userStatus = z.enum(["ACTIVE", "SUSPENDED"]);
export const listUsersInput = pageInput.extend({
  q: text(100).optional(),
  role: role.optional(),
  status: userStatus.optional(),
});
export type ListUsers = z.infer<typeof listUsersInput>;
export const user = z.object({
  id,
  email: z.string(),
  name: z.string(),
  role,
  status: userStatus,
  createdAt: instant,
  mfaEnabled: z.boolean(),
});
export type User = z.infer<typeof user>;
export const userPage = page(user);
const userInput = z.object({ id });
/** The audit log stores the reason. */
const optionalReason = text(300).optional();
export const reactivateInput = userInput.extend({ reason: optionalReason });
export const suspendInput = userInput.extend({ reason: text(300).min(1) });
export const changeRoleInput = userInput.extend({ role, reason: optionalReason });
