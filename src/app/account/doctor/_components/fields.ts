import { z } from "zod";
import type { ApplicationView } from "@/server/doctors/schema";
import { formatDate } from "../../../_components/format";
import { LAST_DAY, typedDate } from "../../../_components/typed-date";

export const GENDERS = [
  { value: "female", label: "A woman" },
  { value: "male", label: "A man" },
  { value: "other", label: "Another" },
];

const number = (message: string, least: number, most: number) =>
  z
    .union([z.number(), z.string()])
    .refine((value) => value !== "" && Number(value) >= least && Number(value) <= most, message);

// Kinder words than the server's schema has; the server decides all the same.
export const fieldsOn = (today: string) =>
  z.object({
    registrationNumber: z.string().trim().min(3, "Please enter your registration no."),
    council: z.string().trim().min(2, "Please enter the council that registered you"),
    registrationExpiresOn: typedDate({
      from: { day: today, message: "This day is past. Please renew your registration first" },
      to: { day: LAST_DAY, message: "Please check the year" },
      missing: "Please enter the day until which you are registered",
    }),
    gender: z
      .enum(["female", "male", "other"])
      .nullable()
      .refine((value): boolean => value !== null, "Please choose one"),
    specializations: z.array(z.string()).min(1, "Please add at least one"),
    languages: z.array(z.string()).min(1, "Please add at least one"),
    yearsOfExperience: number("Please enter a number from 0 to 80", 0, 80),
    fee: number("Please enter an amount from ₹1 to ₹1,00,000", 1, 100_000),
    bio: z.string(),
  });
export type Fields = z.infer<ReturnType<typeof fieldsOn>>;

/** What the form starts with: nothing, or what was sent before. */
export function toFields(before: ApplicationView | undefined): Fields {
  return {
    registrationNumber: before?.registrationNumber ?? "",
    council: before?.council ?? "",
    registrationExpiresOn: before?.registrationExpiresOn
      ? formatDate(before.registrationExpiresOn)
      : "",
    gender: before?.gender ?? null,
    specializations: before?.specializations ?? [],
    languages: before?.languages ?? [],
    yearsOfExperience: before?.yearsOfExperience ?? "",
    fee: before ? before.fee.amount / 100 : "",
    bio: before?.bio ?? "",
  };
}
