import { z } from "zod";
import { type Doctor, LIMITS } from "@/server/doctors/schema";
import { formatDate } from "./format";
import { dayOf, LAST_DAY, typedDate } from "./typed-date";

// The fields that an application and a doctor's profile share. The server checks all of them again.

/** A typed number. The value is a string while Mantine's input is empty. */
export const typedNumber = (message: string, least: number, most: number) =>
  z
    .union([z.number(), z.string()])
    .refine((value) => value !== "" && Number(value) >= least && Number(value) <= most, message);

export const practiceShape = {
  specializations: z.array(z.string()).min(1, "Please add at least one"),
  languages: z.array(z.string()).min(1, "Please add at least one"),
  qualifications: z.array(z.string()),
  fee: typedNumber("Please enter an amount from ₹1 to ₹1,00,000", 1, LIMITS.fee / 100),
  bio: z.string(),
};
const practice = z.object(practiceShape);
export type PracticeFields = z.infer<typeof practice>;

/** @param from the earliest day that a registration may end on, as YYYY-MM-DD. */
export const registrationShape = (from: string) => ({
  registrationNumber: z.string().trim().min(3, "Please enter your registration no."),
  council: z.string().trim().min(2, "Please enter the council that registered you"),
  registrationExpiresOn: typedDate({
    from: { day: from, message: "This day is past. Please renew your registration first" },
    to: { day: LAST_DAY, message: "Please check the year" },
    missing: "Please enter the day until which you are registered",
  }),
});
export type RegistrationFields = {
  registrationNumber: string;
  council: string;
  registrationExpiresOn: string;
};

type Practice = Pick<Doctor, "specializations" | "languages" | "qualifications" | "fee" | "bio">;
type Registration = {
  registrationNumber: string;
  council: string | null;
  registrationExpiresOn: string | null;
};

export const toPracticeFields = (from: Practice | undefined): PracticeFields => ({
  specializations: from?.specializations ?? [],
  languages: from?.languages ?? [],
  qualifications: from?.qualifications ?? [],
  fee: from ? from.fee.amount / 100 : "",
  bio: from?.bio ?? "",
});

export const toRegistrationFields = (from: Registration | undefined): RegistrationFields => ({
  registrationNumber: from?.registrationNumber ?? "",
  council: from?.council ?? "",
  registrationExpiresOn: from?.registrationExpiresOn ? formatDate(from.registrationExpiresOn) : "",
});

/** Converts the fields into the input of the API. The form has validated them before. */
export const toPracticeInput = (fields: PracticeFields) => ({
  specializations: fields.specializations,
  languages: fields.languages,
  qualifications: fields.qualifications,
  bio: fields.bio,
  fee: { amount: Math.round(Number(fields.fee) * 100), currency: "INR" as const },
});

export const toRegistrationInput = (fields: RegistrationFields) => ({
  registrationNumber: fields.registrationNumber,
  council: fields.council,
  registrationExpiresOn: dayOf(fields.registrationExpiresOn) ?? "",
});
