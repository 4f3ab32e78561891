import { z } from "zod";
import {
  practiceShape,
  registrationShape,
  toPracticeFields,
  toRegistrationFields,
  typedNumber,
} from "@/app/_components/doctor-fields";
import type { ApplicationView } from "@/server/doctors/schema";

export const GENDERS = [
  { value: "female", label: "A woman" },
  { value: "male", label: "A man" },
  { value: "other", label: "Another" },
];

/** @param today as YYYY-MM-DD. */
export const fieldsOn = (today: string) =>
  z.object({
    ...registrationShape(today),
    ...practiceShape,
    gender: z
      .enum(["female", "male", "other"])
      .nullable()
      .refine((value): boolean => value !== null, "Please choose one"),
    yearsOfExperience: typedNumber("Please enter a number from 0 to 80", 0, 80),
  });
export type Fields = z.infer<ReturnType<typeof fieldsOn>>;

/** Fills the form with the earlier application, if there is one. */
export const toFields = (before: ApplicationView | undefined): Fields => ({
  ...toRegistrationFields(before),
  ...toPracticeFields(before),
  gender: before?.gender ?? null,
  yearsOfExperience: before?.yearsOfExperience ?? "",
});
