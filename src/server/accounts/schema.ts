import { z } from "zod";
import { id, instant, text, timezone } from "../platform/schema";

export const role = z.enum(["patient", "doctor", "admin"]);
export type Role = z.infer<typeof role>;

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

export const PASSWORD_MIN = 12;

export const registerInput = z.object({
  email,
  password: z.string().min(PASSWORD_MIN).max(200),
  name: text(100).min(1),
  timezone: timezone.optional(),
});
export const registerOutput = z.object({ status: z.literal("accepted") });

export const loginInput = z.object({
  email: text(254).toLowerCase().min(1),
  password: z.string().min(1).max(200),
  otp: z.string().max(20).optional(),
});
export const refreshInput = z.object({ refreshToken: z.string().min(1).max(200) });
export const tokens = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: instant,
  refreshToken: z.string(),
  refreshTokenExpiresAt: instant,
  user: z.object({ id, role, name: z.string() }),
});
export type Tokens = z.infer<typeof tokens>;

const gender = z.enum(["female", "male", "other"]);

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
  name: text(100).min(1).optional(),
  phone: z
    .string()
    .regex(/^\+?[0-9 ()-]{6,20}$/)
    .nullable()
    .optional(),
  dateOfBirth: z.iso
    .date()
    .refine((day) => day >= "1900-01-01" && Date.parse(day) <= Date.now(), "out of range")
    .nullable()
    .optional(),
  gender: gender.nullable().optional(),
  timezone: timezone.optional(),
});
export type UpdateMe = z.infer<typeof updateMeInput>;
